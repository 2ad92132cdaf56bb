import { CancelledFailure, type ApplicationFailure, type WorkflowFailedError } from '@temporalio/client';
import type { ReportInput } from '../../../src/contract/activities';
import { FakeWorld } from '../support/fake-world';
import { openGate, devServer, until, withMigration, startLab } from '../support/lab';
import { planInput } from '../support/plan';

// Tests run side by side, and such tests don't wait for beforeAll.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

const HOSTS = ['app-1', 'app-2', 'app-3', 'hub', 'new-1', 'new-2', 'old-1', 'old-2'];
const OTHER = 'bigswitch-winter';

test.concurrent('hosts are claimed after all looks and before the first change, each once', async () => {
  const world = new FakeWorld(planInput());
  await withMigration(await lab, { world, input: planInput() }, async (handle) => {
    await openGate(handle, 'big-switch');
    expect(world.changes().slice(0, 9).sort()).toEqual([
      ...HOSTS.map((host) => `claimHost ${host}`),
      'installBridgeHub',
    ]);
    const said = world.said(/^(preflight|claimHost|installBridgeHub)/);
    expect(said.indexOf('claimHost old-1')).toBeGreaterThan(said.indexOf('preflightCluster'));
    expect(said.at(-1)).toBe('installBridgeHub');
  });
});

test.concurrent.each<[string, string, string[]]>([
  ['the first host', 'old-1', []],
  ['the last host', 'hub', HOSTS.filter((host) => host !== 'hub')],
])(
  'another run that holds %s refuses the migration, and nothing is left of this one',
  async (_which, held, released) => {
    const world = new FakeWorld(planInput());
    world.ledger.claim(held, { migration: 'shop', owner: OTHER, run: 'theirs', over: false });
    await withMigration(await lab, { world, input: planInput() }, async (handle) => {
      const error: unknown = await handle.result().catch((thrown: unknown) => thrown);
      const { type, message } = (error as WorkflowFailedError).cause as ApplicationFailure;
      expect(type).toBe('PreflightFailed');
      expect(message).toContain('Preflight found 1 problem; nothing was touched');
      expect(message).toContain(OTHER);
    });
    expect(world.said(/^releaseHost/).sort()).toEqual(released.map((host) => `releaseHost ${host}`));
    expect(world.changes().filter((line) => !/^(claim|release)Host/.test(line))).toEqual([]);
    expect(world.ledger.left()).toEqual([`${held}/claim`]);
    const report = world.calls.find((call) => call.name === 'writeReport')?.input as ReportInput;
    expect(report.outcome).toBe('failed');
  },
);

test.concurrent.each(['rollback', 'cancellation'])(
  'a %s while hosts are claimed gives the claims up, the one that is under way too',
  async (wish) => {
    const world = new FakeWorld(planInput());
    const usual = world.standard();
    await withMigration(await lab, { world, input: planInput() }, async (handle) => {
      world.answers.claimHost = async (input) => {
        if (input.host === 'new-1') {
          await (wish === 'rollback' ? handle.signal('rollback', { by: 'bob', reason: 'not today' }) : handle.cancel());
          // What is under way ends by itself, a moment after the run was turned round.
          await until(handle, () => true);
        }
        await usual.claimHost(input);
      };
      const ended: unknown = await handle.result().catch((thrown: unknown) => thrown);
      if (wish === 'rollback') expect(ended).toMatchObject({ outcome: 'rolled-back' });
      else expect((ended as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    });
    expect(world.said(/^releaseHost new-1/)).toHaveLength(1);
    expect(world.changes().filter((line) => !/^(claim|release)Host/.test(line))).toEqual([]);
    expect(world.ledger.left()).toEqual([]);
  },
);
