import { approveAll } from '../workflows/support/lab';
import { lasting } from '../workflows/support/fake-world';
import { startCliLab, type CliLab } from './support';
import type { Ran } from './terminal';

let lab: CliLab;

beforeAll(async () => {
  lab = await startCliLab();
}, 180_000);
afterAll(() => lab?.close(), 60_000);

describe('start', () => {
  test('starts the plan, says how to go on, and refuses to start it twice', async () => {
    const { handle } = lab.worldOf('begun');
    const argv = ['start', lab.planFile('begun'), '--task-queue', lab.taskQueue];
    const { code, stdout, stderr } = await lab.bigswitch(argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      `begun is started: bigswitch-begun in namespace "default" of ${lab.env.address}\nHow it goes: bigswitch status begun\n`,
    );
    const again = await lab.bigswitch(argv);
    expect(again).toEqual({
      code: 5,
      stdout: '',
      stderr:
        'bigswitch-begun is running already; it is neither joined nor replaced\n' +
        'Look at it: `bigswitch status`. For another migration, give the plan another name.\n',
    });
    await handle.terminate();
  }, 180_000);

  test('warns when no worker takes the work', async () => {
    const { code, stderr, stdout } = await lab.bigswitch([
      'start',
      lab.planFile('alone'),
      '--task-queue',
      'nobody',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(stderr).toContain('no worker polls the task queue "nobody"');
    expect(JSON.parse(stdout)).toMatchObject({ name: 'alone', workflowId: 'bigswitch-alone', worker: false });
    await lab.env.client.workflow.getHandle('bigswitch-alone').terminate();
  }, 180_000);

  test('a plan that can not be used exits 2 and names every problem', async () => {
    const { code, stderr } = await lab.bigswitch([
      'start',
      lab.planFile('bad', { gates: { approvalMinutes: 0 }, extra: 1 }),
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('(2 problems); nothing was touched');
    expect(stderr).toContain('extra: unknown field');
  });

  test('with --wait it tells how it goes, and exits 0 only when the cluster is migrated', async () => {
    const { handle } = lab.worldOf('waited');
    let running: Promise<Ran> | undefined;
    await new Promise<void>((atGate) => {
      const onStderr = (text: string) => void (text.includes('big-switch') && atGate());
      const argv = ['start', lab.planFile('waited'), '--task-queue', lab.taskQueue, '--wait'];
      running = lab.bigswitch(argv, { onStderr });
    });
    await approveAll(handle);
    const { code, stdout, stderr } = (await running) as Ran;
    expect(stdout).toContain('waited: migrated. migrated; out/report.html');
    expect(stderr).toMatch(/^\d\d:\d\d {2}switch: waits for approval of gate big-switch$/m);
    expect(code).toBe(0);
  }, 180_000);

  test('with --wait a refused preflight exits 1', async () => {
    const { world } = lab.worldOf('refused');
    world.answers.preflightCluster = async () => {
      throw lasting('the cluster is yellow');
    };
    const { code, stdout } = await lab.bigswitch([
      'start',
      lab.planFile('refused'),
      '--task-queue',
      lab.taskQueue,
      '--wait',
    ]);
    expect(stdout).toContain('refused: failed. Preflight found 1 problem');
    expect(code).toBe(1);
  }, 180_000);

  test('Ctrl-C ends the waiting with 130, and the migration goes on', async () => {
    const { handle } = lab.worldOf('interrupted');
    const argv = ['start', lab.planFile('interrupted'), '--task-queue', lab.taskQueue, '--wait'];
    const { code, stderr } = await lab.bigswitch(argv, { ctrlCAfterMs: 3000 });
    expect(stderr).toContain('bigswitch-interrupted goes on without this command.');
    expect(code).toBe(130);
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.terminate();
  }, 180_000);
});
