import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import execa from 'execa';
import { parse } from 'yaml';

const root = join(__dirname, '..', '..');
const digest = (image: string) => `sha256:${Buffer.from(image).toString('hex').padEnd(64, '0').slice(0, 64)}`;

/** Stands in for docker: writes down how it was called, and answers as the database and the registry do. */
const DOCKER = `#!/usr/bin/env node
const fs = require('fs');
const args = process.argv.slice(2);
const line = args.join(' ');
fs.appendFileSync(process.env.CALLS, line + '\\n');
const fail = (told) => { console.error(told); process.exit(1); };
if (line.includes(process.env.FAILS)) fail('it fails');
if (args[0] === 'buildx') {
  const hex = Buffer.from(args[3]).toString('hex').padEnd(64, '0').slice(0, 64);
  console.log('sha256:' + hex);
}
if (line.includes(' pg_dump ')) process.stdout.write('dump of ' + args.at(-1));
if (line.includes(' pg_restore ')) {
  const text = fs.readFileSync(0, 'utf8');
  if (!text.startsWith('dump of ')) fail('not a dump');
  fs.appendFileSync(process.env.CALLS, '  < ' + text + '\\n');
}
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bigswitch-deploy-'));
  mkdirSync(join(folder, 'deploy'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'docker'), DOCKER, { mode: 0o755 });
  for (const name of ['deploy/backup', 'deploy/restore', 'deploy/pin', 'docker-compose.yml', 'Dockerfile']) {
    cpSync(join(root, name), join(folder, name));
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (name: string, args: string[], fails = 'nothing fails') => {
  const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, CALLS: join(folder, 'calls'), FAILS: fails };
  return execa(join(folder, 'deploy', name), args, { env });
};
const calls = () =>
  existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : [];

describe('deploy/backup', () => {
  test('saves both databases, for nobody else to read', async () => {
    const { stdout } = await run('backup', [join(folder, 'saved')]);
    expect(readdirSync(stdout).sort()).toEqual(['temporal.dump', 'temporal_visibility.dump']);
    expect(readFileSync(join(stdout, 'temporal.dump'), 'utf8')).toBe('dump of temporal');
    expect([statSync(stdout).mode & 0o777, statSync(join(stdout, 'temporal.dump')).mode & 0o777]).toEqual([
      0o700, 0o600,
    ]);
  });

  test.each(['temporal_visibility', '--list'])('leaves nothing behind that is not whole: %s fails', async (what) => {
    await expect(run('backup', [join(folder, 'saved')], what)).rejects.toMatchObject({ exitCode: 1 });
    expect(readdirSync(join(folder, 'saved'))).toEqual([]);
  });
});

describe('deploy/restore', () => {
  const backup = () => {
    const from = join(folder, 'from');
    mkdirSync(from);
    for (const name of ['temporal', 'temporal_visibility'])
      writeFileSync(join(from, `${name}.dump`), `dump of ${name}`);
    return from;
  };

  test('puts both databases back while nobody uses them, and leaves the worker stopped', async () => {
    const { stdout } = await run('restore', ['--replace', backup()]);
    const told = calls().filter((line) => !line.includes('--list'));
    const at = (text: string) => told.findIndex((line) => line.includes(text));
    expect(at('compose stop worker door ui temporal')).toBeLessThan(at('dropdb'));
    expect(told.filter((line) => line.startsWith('  < ')).slice(-2)).toEqual([
      '  < dump of temporal',
      '  < dump of temporal_visibility',
    ]);
    expect(told.at(-1)).toBe('compose up --detach door');
    expect(stdout).toContain('the worker is stopped');
  });

  test('changes nothing without the word for it, or when a dump is missing or broken', async () => {
    const from = backup();
    await expect(run('restore', [from])).rejects.toMatchObject({ exitCode: 2 });
    writeFileSync(join(from, 'temporal_visibility.dump'), 'half');
    await expect(run('restore', ['--replace', from])).rejects.toMatchObject({ exitCode: 1 });
    rmSync(join(from, 'temporal_visibility.dump'));
    await expect(run('restore', ['--replace', from])).rejects.toMatchObject({ exitCode: 1 });
    expect(calls().filter((line) => /stop|dropdb/.test(line))).toEqual([]);
  });
});

describe('deploy/pin', () => {
  test('writes a digest for each image that comes from elsewhere, and has compose read them', async () => {
    await run('pin', []);
    await run('pin', []);
    const { services } = parse(readFileSync(join(folder, 'deploy', 'images.yml'), 'utf8')) as Record<
      string,
      Record<string, any>
    >;
    const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
      services: Record<string, { image: string; build?: string }>;
    };
    const expected = Object.entries(compose.services).map(([name, { image, build }]) => {
      const node = 'node:20.19-bookworm-slim';
      const base = { build: { additional_contexts: { [node]: `docker-image://${node}@${digest(node)}` } } };
      return [name, build === undefined ? { image: `${image}@${digest(image)}` } : base];
    });
    expect(services).toEqual(Object.fromEntries(expected));
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe('COMPOSE_FILE=docker-compose.yml:deploy/images.yml\n');
  });

  test('leaves what is there when the registry does not answer', async () => {
    writeFileSync(join(folder, 'deploy', 'images.yml'), 'before');
    await expect(run('pin', [], 'grafana')).rejects.toMatchObject({ exitCode: 1 });
    expect(readFileSync(join(folder, 'deploy', 'images.yml'), 'utf8')).toBe('before');
    expect(existsSync(join(folder, '.env'))).toBe(false);
  });
});

test.each(['backup', 'restore', 'pin'])('deploy/%s has help, and refuses what it does not know', async (name) => {
  await expect(run(name, ['--help'])).resolves.toMatchObject({ exitCode: 0 });
  await expect(run(name, ['--force', 'x', 'y'])).rejects.toMatchObject({ exitCode: 2 });
  expect(calls()).toEqual([]);
});
