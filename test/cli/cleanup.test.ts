import { openGate } from '../workflows/support/lab';
import { startCliLab, type CliLab } from './support';

let lab: CliLab;

beforeAll(async () => {
  lab = await startCliLab();
}, 180_000);
afterAll(() => lab?.close(), 60_000);

test('cleanup is refused while the migration runs, and puts right what it left when it was terminated', async () => {
  const argv = ['cleanup', lab.planFile('gone'), '--task-queue', lab.taskQueue, '--wait'];
  await lab.migration('gone', async (handle, world) => {
    await openGate(handle, 'big-switch');
    const refused = await lab.bigswitch(argv);
    expect(refused).toMatchObject({ code: 5, stdout: '' });
    expect(refused.stderr).toContain('bigswitch-gone is running already');
    await handle.terminate('gone');
    const { code, stdout } = await lab.bigswitch(argv);
    expect(stdout).toContain('gone is being cleaned up: bigswitch-gone in namespace "default"');
    expect(stdout).toContain('gone: rolled-back. rolled back; out/report.html');
    expect(code).toBe(0);
    expect(world.ledger.left()).toEqual([]);
  });
}, 300_000);

test('cleanup of a migration that left nothing says so, and exits 0', async () => {
  lab.worldOf('clean');
  const argv = ['cleanup', lab.planFile('clean'), '--task-queue', lab.taskQueue, '--wait'];
  const { code, stdout } = await lab.bigswitch(argv);
  expect(stdout).toContain('clean: nothing-left. no host has a record of this migration; nothing is to be done');
  expect(code).toBe(0);
}, 180_000);
