import {
  WorkflowExecutionAlreadyStartedError,
  type ApplicationFailure,
  type WorkflowFailedError,
} from '@temporalio/client';
import { startCleanUp } from '../../src/client';
import type { Activities, ReportInput } from '../../src/contract/activities';
import type { Audit } from '../../src/contract/messages';
import { FakeWorld } from './support/fake-world';
import { approve, openGate, devServer, until, withMigration, type Handle, startLab } from './support/lab';
import { planInput } from './support/plan';

// The real server: one that skips time does not while an activity of a run that was terminated has not ended.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

/**
 * Terminates a migration while the world answers this activity, as the UI's button does.
 * @param options `on`: only on this host; `backFrom`: at this gate the run is turned round before
 */
async function terminatedDuring(
  world: FakeWorld,
  name: keyof Activities,
  gates: string[],
  { on, backFrom }: { on?: string; backFrom?: string } = {},
): Promise<string> {
  const usual = (world.standard() as unknown as Record<string, (input: unknown) => Promise<unknown>>)[name];
  let workflowId = '';
  await withMigration(await lab, { world, input: planInput() }, async (handle) => {
    workflowId = handle.workflowId;
    const ended = new Promise<void>((resolve) => {
      Object.assign(world.answers, {
        [name]: async (input: { host?: string } | undefined) => {
          const result = await usual?.(input);
          if (on !== undefined && input?.host !== on) return result;
          await handle.terminate('gone').catch(() => undefined);
          resolve();
          return result;
        },
      });
    });
    for (const gate of gates) await approve(handle, gate);
    if (backFrom !== undefined) {
      await openGate(handle, backFrom);
      await handle.signal('rollback', { by: 'bob', reason: 'slow' });
    }
    await ended;
  });
  delete world.answers[name];
  return workflowId;
}

/** Runs a clean-up. @returns what it asked of the world */
async function cleanUp(
  world: FakeWorld,
  workflowId: string,
  run: (handle: Handle) => Promise<void>,
): Promise<string[]> {
  let runId = '';
  await withMigration(await lab, { world, input: planInput(), workflowId, type: 'cleanUp' }, (handle) => {
    runId = handle.firstExecutionRunId;
    return run(handle);
  });
  return world.said(/./, runId);
}

async function rollsBack(handle: Handle): Promise<void> {
  await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
}

const DRAINED = ['big-switch', 'drain:old-1', 'drain:old-2'];

test.concurrent.each<[string, keyof Activities, string[], RegExp[], string?]>([
  ['the claims', 'claimHost', [], []],
  ['bridge', 'installBridgeClient', [], [/^undoHost old-1 bridge/]],
  ['redirect', 'proveRedirects', [], [/^undoHost old-1 redirect/]],
  ['join', 'startNewNode', [], [/^drain new-1/, /^restoreCluster$/]],
  ['replicate', 'replicate', [], [/^drain new-2/]],
  ['front', 'installFront', [], [/^undoHost new-1 front/]],
  ['switch', 'watchApps', ['big-switch'], [/^undoHost app-1 switch/, /^moveQuorum old/]],
  ['drain, before the stop', 'excludeNode', DRAINED.slice(0, 2), [/^restoreCluster drain/, /^undoHost old-1 drain/]],
  ['drain, while the node is stopped', 'stopNode', DRAINED.slice(0, 2), [/^installRedirect old-1/, /^proveRejoined/]],
  ['drain, between two nodes', 'drainOrder', DRAINED.slice(0, 1), []],
  [
    'the last drain',
    'proveDrained',
    DRAINED,
    [/^undoHost old-2 drain/, /^undoHost old-1 drain/, /^proveRejoined/],
    'old-2',
  ],
])(
  'after a run that was terminated in %s everything goes back',
  async (_where, name, gates, expected, on) => {
    const world = new FakeWorld(planInput());
    const workflowId = await terminatedDuring(world, name, gates, { on });
    expect(world.ledger.left()).not.toEqual([]);
    const lines = await cleanUp(world, workflowId, rollsBack);
    for (const line of expected) expect(lines.filter((one) => line.test(one))).not.toEqual([]);
    expect(world.ledger.left()).toEqual([]);
    const claimsOnly = name === 'claimHost';
    expect(lines.filter((line) => line === 'proveRolledBack')).toHaveLength(claimsOnly ? 0 : 1);
    expect(lines.at(-1)).toMatch(/^writeReport/);
  },
  300_000,
);

test.concurrent(
  'a clean-up says when the hub has lost how the cluster was set, and goes on',
  async () => {
    const world = new FakeWorld(planInput());
    const workflowId = await terminatedDuring(world, 'replicate', []);
    const usual = world.standard();
    world.answers.surveyHosts = async () => ({ ...(await usual.surveyHosts()), cluster: [], settingsKept: false });
    await cleanUp(world, workflowId, async (handle) => {
      await rollsBack(handle);
      const told = (await handle.query<Audit>('audit')).filter(({ kind }) => kind === 'record-lost');
      expect(told).toEqual([expect.objectContaining({ accepted: false })]);
      expect(told[0]?.reason).toMatch(/^hub has lost its record of how the cluster was set.*GET _cluster\/settings/);
    });
  },
  300_000,
);

test.concurrent.each<[string, keyof Activities]>([
  ['at its beginning', 'markTeardown'],
  ['in the middle', 'restoreCluster'],
  ['at its end', 'proveTornDown'],
])(
  'after a run that was terminated in teardown, %s, the teardown is finished',
  async (_where, name) => {
    const world = new FakeWorld(planInput());
    const workflowId = await terminatedDuring(world, name, [...DRAINED, 'teardown']);
    const lines = await cleanUp(world, workflowId, async (handle) => {
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'migrated' });
    });
    expect(lines).toContain('proveTornDown');
    expect(lines.filter((line) => /undoHost old-\d drain|moveQuorum|proveRolledBack/.test(line))).toEqual([]);
    expect(world.ledger.left()).toEqual([]);
  },
  300_000,
);

test.concurrent(
  'after a run that was terminated while it rolled back, the rollback is finished',
  async () => {
    const world = new FakeWorld(planInput());
    const workflowId = await terminatedDuring(world, 'proveRejoined', DRAINED.slice(0, 2), { backFrom: 'drain:old-2' });
    const lines = await cleanUp(world, workflowId, rollsBack);
    // Nobody knows any more whether the old side has all data: that is seen to before an app goes back.
    expect(lines.indexOf('proveReplicated')).toBeGreaterThan(-1);
    expect(lines.indexOf('undoHost app-1 switch')).toBeGreaterThan(lines.indexOf('proveReplicated'));
    expect(world.ledger.left()).toEqual([]);
  },
  300_000,
);

test.concurrent(
  'after a run that was terminated at the last proof of its rollback, nothing is left on the hub either',
  async () => {
    const world = new FakeWorld(planInput());
    const workflowId = await terminatedDuring(world, 'proveRolledBack', [], { backFrom: 'big-switch' });
    expect(world.ledger.left()).toEqual(['hub/claim', 'hub/settings-before']);
    const lines = await cleanUp(world, workflowId, rollsBack);
    expect(lines).toContain('proveRolledBack');
    expect(world.ledger.left()).toEqual([]);
  },
  300_000,
);

test.concurrent(
  'with no record on any host there is nothing to do',
  async () => {
    const world = new FakeWorld(planInput());
    await cleanUp(world, `bigswitch-nothing-${process.pid}`, async (handle) => {
      await expect(handle.result()).resolves.toEqual({ outcome: 'nothing-left' });
      expect(world.changes()).toEqual([]);
    });
  },
  300_000,
);

test.concurrent(
  'the client starts it under the id of the migration, and never beside a run of that',
  async () => {
    const { env, taskQueue } = await lab;
    const world = new FakeWorld(planInput());
    await withMigration(await lab, { world, input: planInput() }, async (handle) => {
      const options = { workflowId: handle.workflowId, taskQueue };
      await openGate(handle, 'big-switch');
      await expect(startCleanUp(env.client, planInput(), options)).rejects.toThrow(
        WorkflowExecutionAlreadyStartedError,
      );
      await handle.terminate('gone');
      await expect((await startCleanUp(env.client, planInput(), options)).result()).resolves.toMatchObject({
        outcome: 'rolled-back',
      });
      expect(world.ledger.left()).toEqual([]);
    });
  },
  300_000,
);

test.concurrent(
  'hosts that another workflow holds are not touched',
  async () => {
    const world = new FakeWorld(planInput());
    await terminatedDuring(world, 'installBridgeClient', []);
    const held = world.ledger.left();
    await cleanUp(world, `bigswitch-other-${process.pid}`, async (handle) => {
      const error: unknown = await handle.result().catch((thrown: unknown) => thrown);
      const { type, message } = (error as WorkflowFailedError).cause as ApplicationFailure;
      expect(type).toBe('PreflightFailed');
      expect(message).toMatch(/Nothing was touched: hosts are held by another workflow/);
      expect(world.changes(handle.firstExecutionRunId)).toEqual([]);
    });
    expect(world.ledger.left()).toEqual(expect.arrayContaining(held));
  },
  300_000,
);

test.concurrent(
  'a cancellation changes nothing; the report tells from where it went back',
  async () => {
    const world = new FakeWorld(planInput());
    const workflowId = await terminatedDuring(world, 'watchApps', ['big-switch']);
    const usual = world.standard();
    await cleanUp(world, workflowId, async (handle) => {
      world.answers.surveyHosts = async () => {
        await handle.cancel();
        await until(handle, () => true);
        return usual.surveyHosts();
      };
      await expect(handle.result()).resolves.toMatchObject({
        outcome: 'rolled-back',
        reason: 'clean-up after a run that ended in phase switch',
      });
      const audit = await handle.query<Audit>('audit');
      expect(audit).toMatchObject([{ kind: 'rollback', by: 'cancellation', accepted: false }]);
    });
    const report = world.calls.filter((call) => call.name === 'writeReport').at(-1)?.input as ReportInput;
    expect(report.rollback).toMatchObject({ by: 'cleanUp', from: 'switch' });
    expect(report.proof?.proven).toBe('all is as it was');
  },
  300_000,
);

test.concurrent(
  'a new run of the same plan is refused, with one sentence that names cleanUp',
  async () => {
    const world = new FakeWorld(planInput());
    const workflowId = await terminatedDuring(world, 'startNewNode', []);
    world.answers.preflightHost = async ({ host }) => [
      {
        name: 'left-overs',
        subject: host,
        result: 'failed',
        seen: 'an earlier run of "shop" ended before its end and left its record',
        remedy: 'start the workflow `cleanUp`',
        waivable: false,
      },
    ];
    await withMigration(await lab, { world, input: planInput(), workflowId }, async (handle) => {
      const error: unknown = await handle.result().catch((thrown: unknown) => thrown);
      const { type, message } = (error as WorkflowFailedError).cause as ApplicationFailure;
      expect(type).toBe('PreflightFailed');
      expect(message).toMatch(/^Preflight found 1 problem; nothing was touched:\n {2}- hub, old-1, .*`cleanUp`$/);
      expect(world.changes(handle.firstExecutionRunId)).toEqual([]);
      expect(world.said(/preflightCluster/, handle.firstExecutionRunId)).toEqual([]);
    });
  },
  300_000,
);
