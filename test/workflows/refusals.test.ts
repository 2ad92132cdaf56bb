import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { ReportInput } from '../../src/contract/activities';
import type { Check } from '../../src/contract/evidence';
import type { PlanInput } from '../../src/plan/schema';
import { FakeWorld, lasting } from './support/fake-world';
import { openGate, devServer, withMigration, type Handle, startLab } from './support/lab';
import { planInput } from './support/plan';

// Tests run side by side, and such tests don't wait for beforeAll.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

async function failure(handle: Handle): Promise<ApplicationFailure> {
  const error: unknown = await handle.result().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  const { cause } = error as WorkflowFailedError;
  expect(cause).toBeInstanceOf(ApplicationFailure);
  return cause as ApplicationFailure;
}

test.concurrent.each<[string, unknown, RegExp]>([
  ['nothing', undefined, /plan: must be one JSON object/],
  ['a text', 'migrate please', /plan: must be one JSON object/],
  ['an unknown field', { ...planInput(), colour: 'blue' }, /colour: unknown field/],
  ['no hosts', { ...planInput(), hosts: undefined }, /hosts: is missing/],
  ['a carried state that no run before left', { plan: planInput(), carried: {} }, /carried: unknown field/],
])(
  'a plan that is %s ends the run at once, before any host was asked',
  async (_what, input, reason) => {
    const world = new FakeWorld(planInput());
    await withMigration(await lab, { world, input }, async (handle) => {
      const { type, message } = await failure(handle);
      expect(type).toBe('InvalidPlan');
      expect(message).toMatch(/nothing was touched/);
      expect(message).toMatch(reason);
      expect(world.calls).toEqual([]);
    });
  },
  30_000,
);

const CLOSED: Check = {
  name: 'closed-indices',
  subject: 'logs-2019',
  result: 'failed',
  seen: 'it is closed',
  remedy: 'open it: POST /logs-2019/_open',
  waivable: true,
};
const YELLOW: Check = {
  name: 'green',
  subject: '',
  result: 'failed',
  seen: 'the cluster is yellow',
  remedy: 'wait until it is green',
  waivable: false,
};
const SLOW: Check = { name: 'clock', subject: 'old-1', result: 'warn', seen: '3 s behind', waivable: true };

function worldWith(checks: Check[], change: Partial<PlanInput> = {}): { world: FakeWorld; input: PlanInput } {
  const input = planInput(change);
  const world = new FakeWorld(input);
  world.answers.preflightCluster = async () => ({ ...(await world.standard().preflightCluster()), checks });
  return { world, input };
}

test.concurrent(
  'a failed preflight names every problem, where it is and what to do, and has a report',
  async () => {
    const { world, input } = worldWith([CLOSED, YELLOW, SLOW]);
    await withMigration(await lab, { world, input }, async (handle) => {
      const { type, message } = await failure(handle);
      expect(type).toBe('PreflightFailed');
      expect(message).toBe(
        'Preflight found 2 problems; nothing was touched:\n' +
          '  - logs-2019: closed-indices: it is closed. To do: open it: POST /logs-2019/_open' +
          ' (or accept it by `waive: ["closed-indices:logs-2019"]` in the plan)\n' +
          '  - green: the cluster is yellow. To do: wait until it is green',
      );
      expect(world.changes()).toEqual([]);
      const report = world.calls.find((call) => call.name === 'writeReport')?.input as ReportInput;
      expect(report).toMatchObject({ outcome: 'failed', reason: message });
      expect(report.checks).toContainEqual(CLOSED);
    });
  },
  30_000,
);

test.concurrent.each([['closed-indices'], ['closed-indices:logs-2019']])(
  'what the plan waives as %s is let through',
  async (name) => {
    const { world, input } = worldWith([CLOSED, SLOW], { waive: [name] });
    await withMigration(await lab, { world, input }, async (handle) => {
      await openGate(handle, 'big-switch');
      expect(world.said(/installBridgeHub/)).toHaveLength(1);
    });
  },
  30_000,
);

test.concurrent.each([
  ['for another subject', [CLOSED], ['closed-indices:logs-2020']],
  ['although it can not be waived', [YELLOW], ['green']],
])(
  'a check that is waived %s still fails',
  async (_why, checks, waive) => {
    const { world, input } = worldWith(checks, { waive });
    await withMigration(await lab, { world, input }, async (handle) => {
      expect((await failure(handle)).type).toBe('PreflightFailed');
      expect(world.changes()).toEqual([]);
    });
  },
  30_000,
);

test.concurrent(
  'with a host out of reach the cluster is not even asked',
  async () => {
    const input = planInput();
    const world = new FakeWorld(input);
    world.answers.preflightHost = async ({ host }) => [
      { name: 'ssh', subject: host, result: host === 'old-2' ? 'failed' : 'ok', seen: 'no answer', waivable: false },
    ];
    await withMigration(await lab, { world, input }, async (handle) => {
      expect((await failure(handle)).message).toContain('old-2: ssh: no answer');
      expect(world.said(/preflightCluster/)).toEqual([]);
    });
  },
  30_000,
);

test.concurrent(
  'a look that fails for good is a failed preflight, not a wait',
  async () => {
    const input = planInput();
    const world = new FakeWorld(input);
    world.answers.preflightCluster = async () => {
      throw lasting('the cluster is called "shoe" and not "shop"');
    };
    await withMigration(await lab, { world, input }, async (handle) => {
      const { type, message } = await failure(handle);
      expect(type).toBe('PreflightFailed');
      expect(message).toContain('the cluster is called "shoe" and not "shop"');
      expect(world.changes()).toEqual([]);
    });
  },
  30_000,
);

test.concurrent(
  'a report that can not be written does not hide the refusal',
  async () => {
    const { world, input } = worldWith([YELLOW]);
    world.answers.writeReport = async () => {
      throw lasting('no space left');
    };
    await withMigration(await lab, { world, input }, async (handle) => {
      expect((await failure(handle)).type).toBe('PreflightFailed');
    });
  },
  30_000,
);
