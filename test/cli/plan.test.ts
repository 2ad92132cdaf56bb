import { dryRunOf } from '../workflows/support/fake-world';
import { startCliLab, type CliLab } from './support';

let lab: CliLab;

beforeAll(async () => {
  lab = await startCliLab();
}, 180_000);
afterAll(() => lab?.close(), 60_000);

const on = (queue: string) => ['--task-queue', queue];

describe('plan', () => {
  test('shows what a migration would do, and changes nothing', async () => {
    const { world } = lab.worldOf('foreseen');
    const argv = ['plan', lab.planFile('foreseen'), '--link', '40', ...on(lab.taskQueue)];
    const { code, stdout, stderr } = await lab.bigswitch(argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^foreseen: what a migration would do, as of 2026-01-02 03:04:05 UTC. Nothing was changed.\n/,
    );
    expect(world.changes()).toEqual([]);
    expect(world.calls.at(-1)).toMatchObject({ name: 'dryRun', input: { linkMBps: 40 } });
    const json = await lab.bigswitch([...argv, '--json']);
    expect(JSON.parse(json.stdout)).toEqual(dryRunOf('foreseen'));
  }, 180_000);

  test('exits 1 when preflight would refuse it, and 2 for a link that is no number', async () => {
    const { world } = lab.worldOf('refused');
    const risk = { severity: 'refused', check: 'disk', subject: 'new-1', seen: 'does not fit' } as const;
    world.answers.dryRun = async () => ({ ...dryRunOf('refused'), risks: [risk] });
    const { code, stdout } = await lab.bigswitch(['plan', lab.planFile('refused'), ...on(lab.taskQueue)]);
    expect(stdout).toContain('Preflight would refuse it: 1 check failed.\n');
    expect(code).toBe(1);
    expect((await lab.bigswitch(['plan', lab.planFile('refused'), '--link', 'fast'])).code).toBe(2);
  }, 180_000);

  test('without a worker nobody can look, and it says how to get one', async () => {
    expect(await lab.bigswitch(['plan', lab.planFile('alone'), ...on('nobody')])).toEqual({
      code: 3,
      stdout: '',
      stderr:
        'No worker polls the task queue "nobody", so nobody can look\n' +
        'Start a worker: `bigswitch worker`, or `docker compose up -d worker`.\n',
    });
  }, 180_000);

  test('Ctrl-C cancels the look and exits 130', async () => {
    const { world } = lab.worldOf('interrupted');
    let release = () => undefined as void;
    world.answers.dryRun = () => new Promise((resolve) => (release = () => resolve(dryRunOf('interrupted'))));
    const argv = ['plan', lab.planFile('interrupted'), ...on(lab.taskQueue)];
    const { code, stderr } = await lab.bigswitch(argv, { ctrlCAfterMs: 2000 });
    release();
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'Interrupted. Nothing was changed.\n' });
  }, 180_000);
});

describe('check', () => {
  test('shows every check, the worst first, with what to do, and exits 1 when one failed', async () => {
    const { world } = lab.worldOf('checked');
    world.answers.preflightHost = async ({ host }) => {
      if (host === 'old-1') {
        const [seen, remedy] = ['3 s ahead of the hub', 'let a time service run'];
        return ['clock', 'disk'].map((name) => ({
          name,
          subject: host,
          result: 'failed',
          seen,
          remedy,
          waivable: true,
        }));
      }
      const result = host === 'hub' ? 'warn' : 'ok';
      return [{ name: 'ssh', subject: host, result, seen: 'reached', waivable: false }];
    };
    const argv = ['check', lab.planFile('checked', { waive: ['clock:old-1'] }), ...on(lab.taskQueue)];
    const { code, stdout } = await lab.bigswitch(argv);
    expect(stdout).toBe(`checked: preflight would refuse it: 1 check failed. Nothing was changed.

✗ failed   old-1  disk   3 s ahead of the hub
                         To do: let a time service run
                         Or accept it in the plan: waive: ["disk:old-1"]
! waived   old-1  clock  3 s ahead of the hub
                         To do: let a time service run
! warning  hub    ssh    reached
✓ ok       old-2  ssh    reached
✓ ok       new-1  ssh    reached
✓ ok       new-2  ssh    reached
✓ ok       app-1  ssh    reached
✓ ok       app-2  ssh    reached
✓ ok       app-3  ssh    reached

9 checks: 6 ok, 1 warning, 1 waived by the plan, 1 failed
`);
    expect(code).toBe(1);
    expect(world.changes()).toEqual([]);
    const json = JSON.parse((await lab.bigswitch([...argv, '--json'])).stdout);
    expect(json).toMatchObject({ name: 'checked', passed: false, cluster: { clusterName: 'shop' } });
    expect(json.checks[0]).toMatchObject({ name: 'disk', result: 'failed', waive: 'disk:old-1' });
  }, 180_000);

  test('exits 0 when all is well', async () => {
    lab.worldOf('well');
    const { code, stdout } = await lab.bigswitch(['check', lab.planFile('well'), ...on(lab.taskQueue)]);
    expect(stdout).toMatch(/^well: preflight would let it go on. Nothing was changed.\n/);
    expect(code).toBe(0);
  }, 180_000);
});
