import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Terminal } from '@xterm/headless';
import { approve, approveAll, openGate, until } from '../workflows/support/lab';
import { LivingWorld, livingPlan } from '../view/living-world';
import { startCliLab, type CliLab } from './support';

let lab: CliLab;

beforeAll(async () => {
  lab = await startCliLab();
}, 180_000);
afterAll(() => lab?.close(), 60_000);

const GATES = ['big-switch', 'drain:old-1', 'drain:old-2', 'teardown'];

test('without a terminal, watch writes a line for each thing that is new, and ends with the migration', async () => {
  await lab.migration('lines', async (handle) => {
    await openGate(handle, 'big-switch');
    let shown = '';
    const watching = lab.bigswitch(['watch', 'lines'], { onStdout: (text) => (shown += text) });
    for (const gate of GATES) {
      await openGate(handle, gate);
      while (!shown.includes(`gate ${gate} waits for a person`)) await sleep(50);
      await approve(handle, gate);
    }
    const { code, stdout, stderr } = await watching;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}switch: waits for approval of gate big-switch\n/);
    expect(stdout).toMatch(/gate big-switch waits for a person, 0 of 1 approvals; its evidence holds\n.*✓ green: all/);
    expect(stdout).toMatch(/to approve: bigswitch approve lines --gate big-switch --token [0-9a-f]{8}\n/);
    expect(stdout).toMatch(/gate drain:old-1 waits for a person/);
    expect(stdout).toMatch(/lines is migrated\n$/);
  });
}, 180_000);

test('of a migration that ended otherwise, watch exits 1; with --json it writes the picture', async () => {
  await lab.migration('back', async (handle) => {
    await openGate(handle, 'big-switch');
    await handle.signal('rollback', { by: 'ann', reason: 'a test' });
    await handle.result();
    const { code, stdout } = await lab.bigswitch(['watch', 'back', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'back', outcome: 'rolled-back', workflowId: 'bigswitch-back' });
    expect((await lab.bigswitch(['watch', 'nobody'])).code).toBe(4);
  });
}, 180_000);

test('Ctrl-C leaves the migration alone and exits 130', async () => {
  await lab.migration('left', async (handle) => {
    await openGate(handle, 'big-switch');
    const pressed = new AbortController();
    const onStdout = () => pressed.abort();
    const { code, stderr } = await lab.bigswitch(['watch', 'left'], { ctrlC: pressed.signal, onStdout });
    expect([code, stderr]).toEqual([130, 'bigswitch-left goes on without this command.\n']);
    expect(await until(handle, () => true)).toMatchObject({ outcome: 'running', gate: { gate: 'big-switch' } });
    await approveAll(handle);
  });
}, 180_000);

const terminals: ChildProcess[] = [];
afterAll(() => terminals.forEach((child) => child.kill()));

/** The program in a terminal of its own, 80 columns wide; util-linux makes the terminal. */
function inTerminal(argv: string[]) {
  const program = [
    'node',
    '--require',
    'tsx/cjs',
    join('src', 'cli', 'main.ts'),
    '--address',
    lab.env.address,
    ...argv,
  ];
  const shell = `stty cols 80 rows 24; exec ${program.join(' ')}`;
  const child = spawn('script', ['--quiet', '--return', '--command', shell, '/dev/null'], {
    cwd: join(__dirname, '..', '..'),
    env: { ...process.env, TERM: 'xterm-256color' },
    stdio: 'pipe',
  });
  terminals.push(child);
  let shown = '';
  const screen = new Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    screen.write(chunk);
  });
  const lines = () =>
    Array.from({ length: 24 }, (_, row) => screen.buffer.active.getLine(row)?.translateToString(true) ?? '').join('\n');
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    ended,
    shown: () => shown,
    type: (keys: string) => child.stdin.write(keys),
    async untilShown(wanted: RegExp) {
      const end = Date.now() + 60_000;
      while (!wanted.test(lines())) {
        if (Date.now() > end) throw new Error(`${wanted} is not shown in:\n${lines()}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}

const OTHER_SCREEN = '\u001b[?1049h';
const CURSOR_IS_BACK = '\u001b[?25h';
const SCREEN_IS_BACK = '\u001b[?1049l';

describe('in a real terminal', () => {
  test('a gate is read and approved, and the terminal is given back', async () => {
    const world = new LivingWorld({ shards: 24, everyMs: 100 });
    lab.worlds.set('bigswitch-seat', world);
    const handle = await lab.env.client.workflow.start('migrateCluster', {
      taskQueue: lab.taskQueue,
      workflowId: 'bigswitch-seat',
      args: [{ ...livingPlan(), name: 'seat' }],
    });
    const terminal = inTerminal(['watch', 'seat', '--by', 'ann']);
    await terminal.untilShown(/GATE big-switch/);
    terminal.type('a');
    await terminal.untilShown(/Type big-switch and Enter to approve/);
    terminal.type('big-switch\r');
    await terminal.untilShown(/approve of gate big-switch by ann is accepted\./);
    await terminal.untilShown(/drain:old-1/);
    terminal.type('q');
    expect(await terminal.ended).toBe(0);
    expect(terminal.shown()).toContain(OTHER_SCREEN);
    expect(terminal.shown()).toContain(CURSOR_IS_BACK);
    expect(terminal.shown()).toContain(SCREEN_IS_BACK);
    await handle.terminate('the test is over');
  }, 180_000);

  test('Ctrl-C gives it back too, and exits 130', async () => {
    await lab.migration('cut', async (handle) => {
      await openGate(handle, 'big-switch');
      const terminal = inTerminal(['watch', 'cut']);
      await terminal.untilShown(/GATE big-switch/);
      terminal.type('\u0003');
      expect(await terminal.ended).toBe(130);
      expect(terminal.shown()).toContain(CURSOR_IS_BACK);
      expect(terminal.shown()).toContain(SCREEN_IS_BACK);
      expect(terminal.shown()).toContain('bigswitch-cut goes on without this command.');
    });
  }, 180_000);
});
