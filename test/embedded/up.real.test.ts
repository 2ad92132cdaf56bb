import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import execa, { type ExecaChildProcess } from 'execa';
import { ensureTemporal } from '../../lab/setup/go';
import { freePort } from '../../src/embedded/processes';

const ROOT = join(__dirname, '..', '..');

let folder: string;
let flags: string[];
const running: ExecaChildProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bigswitch-up-'));
  const [port, uiPort] = [await freePort(0), await freePort(0)];
  const temporal = await ensureTemporal();
  flags = ['--data', folder, '--port', String(port), '--ui-port', String(uiPort), '--temporal-bin', temporal];
}, 600_000);

afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGINT');
    await child;
  }
  rmSync(folder, { recursive: true });
}, 120_000);

function up(...more: string[]): ExecaChildProcess {
  return upIn({}, ...more);
}

function upIn(env: NodeJS.ProcessEnv, ...more: string[]): ExecaChildProcess {
  const argv = ['--require', 'tsx/cjs', 'src/cli/main.ts', '--json', 'up', ...flags, ...more];
  const child = execa('node', argv, { cwd: ROOT, reject: false, env });
  running.push(child);
  return child;
}

/** Waits until it is up. @throws Error with its error output when it ends instead */
async function untilUp(child: ExecaChildProcess): Promise<{ address: string; ui: string; data: string }> {
  let text = '';
  const told = new Promise<void>((resolve) =>
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('}')) resolve();
    }),
  );
  await Promise.race([told, child]);
  if (!text.includes('}')) throw new Error(`it has ended: ${(await child).stderr}`);
  return JSON.parse(text) as { address: string; ui: string; data: string };
}

async function withClient<T>(address: string, ask: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await ask(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

const pidOf = (name: string) => (JSON.parse(readFileSync(join(folder, `${name}.pid`), 'utf8')) as { pid: number }).pid;

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const CASE_MS = 240_000;

test(
  'a workflow that was started is still there at the next up, and after Ctrl-C nothing runs',
  async () => {
    const first = up();
    const { address, ui, data } = await untilUp(first);
    expect(data).toBe(folder);
    expect((await fetch(`${ui}/api/v1/settings`)).ok).toBe(true);
    await withClient(address, ({ workflow }) =>
      workflow.start('migrateCluster', { workflowId: 'kept', taskQueue: 'nobody', args: [{}] }),
    );

    const second = await up();
    expect([second.exitCode, JSON.parse(second.stderr)]).toEqual([
      5,
      {
        error: {
          exitCode: 5,
          message: `bigswitch up runs already with the data in ${folder}, as process ${first.pid}`,
          remedy: 'Use that one, or name another folder by --data and other ports by --port and --ui-port.',
        },
      },
    ]);

    const pids = ['temporal', 'worker'].map(pidOf);
    expect(pids.map(lives)).toEqual([true, true]);
    first.kill('SIGINT');
    expect((await first).exitCode).toBe(0);
    expect(pids.map(lives)).toEqual([false, false]);
    expect(existsSync(join(folder, 'lock'))).toBe(false);

    const again = await untilUp(up());
    const { status } = await withClient(again.address, ({ workflow }) => workflow.getHandle('kept').describe());
    expect(status.name).toBe('RUNNING');
  },
  CASE_MS,
);

test(
  'it ends with an error when the server does, and what a killed one left is cleared by the next',
  async () => {
    const first = up();
    await untilUp(first);
    process.kill(pidOf('temporal'), 'SIGKILL');
    const { exitCode, stderr } = await first;
    expect([exitCode, JSON.parse(stderr)]).toMatchObject([
      1,
      { error: { message: `The Temporal server has ended by itself; see ${join(folder, 'temporal.log')}` } },
    ]);

    const killed = up();
    await untilUp(killed);
    const left = ['temporal', 'worker'].map(pidOf);
    killed.kill('SIGKILL');
    await killed;
    expect(left.map(lives)).toEqual([true, true]);
    await untilUp(up());
    expect(left.map(lives)).toEqual([false, false]);
  },
  CASE_MS,
);

test.each(['SIGTERM', 'SIGHUP'] as const)(
  '%s ends it in good order, as Ctrl-C does; a namespace in the environment is not meant for its server',
  async (signal) => {
    const one = upIn({ TEMPORAL_NAMESPACE: 'elsewhere', TEMPORAL_TLS: 'true' });
    await untilUp(one);
    const pids = ['temporal', 'worker'].map(pidOf);
    one.kill(signal);
    expect((await one).exitCode).toBe(0);
    expect(pids.map(lives)).toEqual([false, false]);
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  },
  CASE_MS,
);

test(
  'a second Ctrl-C does not wait, and leaves nothing running all the same',
  async () => {
    const one = up();
    await untilUp(one);
    const pids = ['temporal', 'worker'].map(pidOf);
    one.kill('SIGINT');
    await once(one.stderr ?? one, 'data');
    one.kill('SIGINT');
    expect((await one).exitCode).toBe(130);
    // They were told to end; a server takes a moment to close its database.
    for (let i = 0; i < 300 && pids.some(lives); i++) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(pids.map(lives)).toEqual([false, false]);
  },
  CASE_MS,
);

test('a folder to which others may write is refused, and what is written is for nobody else', async () => {
  chmodSync(folder, 0o777);
  const refused = await up();
  expect([refused.exitCode, JSON.parse(refused.stderr)]).toMatchObject([
    5,
    { error: { message: `Other users may write to ${folder}, so they could give the server another database` } },
  ]);
  chmodSync(folder, 0o755);
  await untilUp(up());
  const open = readdirSync(folder).filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0);
  expect(open).toEqual([]);
}, 240_000);

test('a port that is taken, and a missing program, are said by name', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  try {
    const { port } = other.address() as { port: number };
    const taken = await up('--port', String(port));
    expect([taken.exitCode, JSON.parse(taken.stderr)]).toMatchObject([
      1,
      { error: { message: `Port ${port} of 127.0.0.1 is taken` } },
    ]);
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  } finally {
    other.close();
  }
  const missing = await up('--temporal-bin', '/nowhere/temporal');
  expect([missing.exitCode, JSON.parse(missing.stderr)]).toMatchObject([
    3,
    { error: { message: 'There is no program /nowhere/temporal' } },
  ]);
}, 60_000);
