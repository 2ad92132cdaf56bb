import pMap from 'p-map';
import { createAppActivities } from '../switch/activities';
import { createBridgeActivities } from '../bridge/activities';
import type { Deps } from '../deps';
import { createDrainActivities } from '../drain/activities';
import { createFrontActivities } from '../front/activities';
import { createJoinActivities } from '../join/activities';
import { createNodeActivities } from '../nodes/activities';
import { createQuorumActivities } from '../switch/quorum';
import { createRedirectActivities } from '../redirect/activities';
import { createReplicateActivities } from '../replicate/activities';
import { createTeardownActivities } from '../teardown/activities';
import { createUndoActivities } from '../rollback/undo';
import type { UndoResult } from '../../contract/ledger';
import type { Phase } from '../../contract/phases';
import type { MoveProgress } from '../../contract/progress';
import { switchOrder } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';

/** Where the story is: what moves now belongs to this phase, and to the drain of this host. */
export interface Place {
  phase: Phase;
  draining?: string;
}

/** What the story tells as it goes. */
export interface Teller {
  at(place: Place): void;
  /** What was undone in the cluster. */
  undone(result: UndoResult): void;
  /** A part that could not be foreseen. */
  unknown(what: string, why: string): void;
}

/** Hosts that are looked at side by side. */
const SIDE_BY_SIDE = 16;

/**
 * Goes through a whole migration with the activities that a real one uses, in the order of src/workflows/, on the world of
 * the dry run. The proofs of a phase are left out: what they would prove is not there.
 */
export async function goThrough(deps: Deps, plan: Plan, throughputMBps: number, tell: Teller): Promise<void> {
  const act = {
    ...createBridgeActivities(deps),
    ...createRedirectActivities(deps),
    ...createJoinActivities(deps),
    ...createNodeActivities(deps),
    ...createReplicateActivities(deps),
    ...createFrontActivities(deps),
    ...createAppActivities(deps),
    ...createQuorumActivities(deps),
    ...createDrainActivities(deps),
    ...createTeardownActivities(deps),
    ...createUndoActivities(deps),
  };
  const names = (hosts: { name: string }[]) => hosts.map((host) => host.name);
  const old = names(plan.hosts.old);
  const fresh = names(plan.hosts.new);
  const part = async (what: string, run: () => Promise<unknown>): Promise<boolean> => {
    deps.heartbeat({ looking: what });
    try {
      await run();
      return true;
    } catch (error) {
      tell.unknown(what, (error as Error).message);
      return false;
    }
  };
  const each = (hosts: string[], what: (host: string) => string, run: (host: string) => Promise<unknown>) =>
    pMap(hosts, (host) => part(what(host), () => run(host)), { concurrency: SIDE_BY_SIDE });

  tell.at({ phase: 'bridge' });
  await part('the bridge on the hub', () => act.installBridgeHub());
  await each([...old, ...fresh], on('the bridge'), (host) => act.installBridgeClient({ host }));

  tell.at({ phase: 'redirect' });
  await each([...old, ...fresh], on('the redirect'), (host) => act.installRedirect({ host }));

  tell.at({ phase: 'join' });
  await part('the settings of the cluster for the join', () => act.prepareClusterForJoin({ throughputMBps }));
  await each(old, on('elasticsearch.yml'), (host) => act.alignOldNode({ host }));
  await each(fresh, on('elasticsearch.yml'), (host) => act.configureNewNode({ host }));
  await each(fresh, on('the start of Elasticsearch'), (host) => act.startNewNode({ host }));

  tell.at({ phase: 'replicate' });
  await part('changes to indices', () => act.prepareIndices());
  const replicated = await part('where the shards go', () => untilDone((since) => act.replicate({ since })));

  tell.at({ phase: 'front' });
  await each(fresh, on('the front'), (host) => act.installFront({ host }));

  tell.at({ phase: 'switch' });
  await each(switchOrder(plan), on('the app'), (host) => act.switchApp({ host }));
  await part('the quorum', () => act.moveQuorum({ to: 'new' }));

  let staying = [...old];
  const order = replicated ? await drainOrder(act, old, tell) : [];
  if (!replicated) tell.unknown('the drains', 'they begin when every shard is on both sides');
  for (const host of order) {
    tell.at({ phase: 'drain', draining: host });
    const drained = await part(`the drain of ${host}`, async () => {
      await act.excludeNode({ host });
      await untilDone((since) => act.drain({ host, since }));
      await act.stopNode({ host });
    });
    if (!drained) return tell.unknown('what comes after it', `${host} has to be empty first`);
    staying = staying.filter((other) => other !== host);
    const left = [...staying, ...fresh];
    await each(left, on('the expected nodes'), (name) => act.setExpectedNodes({ host: name, expected: left.length }));
    await each(fresh, on('the redirect'), (name) => act.removeRedirectsFor({ host: name, gone: host }));
    await part(`the redirect on ${host}`, () => act.undoHost({ host, phases: ['redirect'] }));
  }
  if (order.length === 0) return;

  tell.at({ phase: 'teardown' });
  await each(fresh, on('the seeds'), (host) => act.pointSeedsAtNew({ host }));
  await part("the cluster's settings", async () => tell.undone(await act.restoreCluster({ migrated: true })));
  await each([...old, ...fresh], on('the end of the redirect'), (host) => act.undoHost({ host, phases: ['redirect'] }));
  await each([...old, ...fresh], on('the end of the bridge'), (host) => act.undoHost({ host, phases: ['bridge'] }));
  await part('the end of the bridge on the hub', () =>
    act.undoHost({ host: plan.hosts.hub.name, phases: ['redirect', 'bridge'] }),
  );
  await each(old, on('the files'), (host) => act.undoHost({ host, phases: ['join'] }));
}

function on(what: string): (host: string) => string {
  return (host) => `${what} on ${host}`;
}

async function drainOrder(act: { drainOrder(): Promise<string[]> }, old: string[], tell: Teller): Promise<string[]> {
  try {
    return await act.drainOrder();
  } catch (error) {
    tell.unknown('the order of the drains', (error as Error).message);
    return old;
  }
}

async function untilDone(move: (since?: MoveProgress) => Promise<MoveProgress>): Promise<void> {
  let progress: MoveProgress | undefined;
  do {
    progress = await move(progress);
  } while (!progress.done);
}
