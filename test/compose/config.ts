import { join } from 'node:path';
import execa from 'execa';
import { loadTools } from '../../lab/setup/tools';

const USERS = ['BIGSWITCH_UID', 'BIGSWITCH_GID', 'BIGSWITCH_SERVER_UID', 'BIGSWITCH_UI_UID'];
const root = join(__dirname, '..', '..');

/** Lets compose itself read docker-compose.yml; exits 1 with what it says when it complains, warnings included. */
async function main(): Promise<void> {
  const { docker } = await loadTools();
  const { stderr } = await execa(
    docker.composeBin,
    ['-f', 'docker-compose.yml', '--profile', 'metrics', 'config', '--quiet'],
    // What deploy/prepare writes to .env.
    { cwd: root, env: Object.fromEntries(USERS.map((name) => [name, '70000'])) },
  );
  if (stderr.trim() !== '') throw new Error(stderr);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
