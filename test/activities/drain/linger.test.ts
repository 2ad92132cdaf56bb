import { createDrainActivities } from '../../../src/activities/drain/activities';
import type { MoveProgress } from '../../../src/contract/progress';
import * as lies from '../../support/cluster/lies';
import { simulatedWorld, type World } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

const STATS = /^\/_nodes\/old-1\/stats\/indices\/search$/;
const TASKS = /^\/_tasks$/;

/** Says so many searches are open on old-1; of a node without shards Elasticsearch tells none. */
function open(world: World, all: number, scrolls = all): void {
  const holds = () => world.cluster.state.table.some(({ node }) => node === 'old-1');
  world.cluster.tell(
    lies.about(STATS, () => {
      const search = { open_contexts: all, scroll_current: scrolls };
      const nodes = { 'id-old-1': { indices: { search: holds() ? search : { open_contexts: 0, scroll_current: 0 } } } };
      return { status: 200, body: JSON.stringify({ _nodes: { failed: 0 }, nodes }) };
    }),
  );
}

/** Says that a reindex runs on old-1, begun from elsewhere or of its own. */
function runs(world: World, parent?: string): void {
  const task = {
    action: 'indices:data/write/reindex',
    running_time_in_nanos: 90e9,
    ...(parent !== undefined && { parent_task_id: parent }),
  };
  const nodes = { 'id-old-1': { tasks: { 'id-old-1:77': task } } };
  world.cluster.tell(lies.about(TASKS, () => ({ status: 200, body: JSON.stringify({ nodes }) })));
}

/** Calls as the workflow does until the node is drained or minutes have gone by. */
async function drain({ deps }: World, minutes: number, since?: MoveProgress): Promise<MoveProgress> {
  const end = Date.now() + minutes * 60_000;
  let said = since;
  do said = await createDrainActivities(deps).drain({ host: 'old-1', ...(said && { since: said }) });
  while (!said.done && Date.now() < end);
  return said;
}

describe('an empty node is left running', () => {
  test('for the time of the plan when searches were open on it, and people are told', async () => {
    const world = simulatedWorld('switched');
    open(world, 3);
    const waiting = await drain(world, 2);
    expect(waiting).toMatchObject({ done: false, shardsLeft: 0 });
    expect(waiting.waits).toMatch(/^old-1 is empty, and had 3 open searches .* for (2|3) min/);
    expect(waiting.stuck).toBeUndefined();
    expect(await drain(world, 4, waiting)).toMatchObject({ done: true });
  });

  test('for points in time too, which no count of scrolls shows', async () => {
    const world = simulatedWorld('switched');
    open(world, 1, 0);
    expect(await drain(world, 2)).toMatchObject({ done: false, waits: expect.stringContaining('1 open search (') });
  });

  test('not for a search that is being answered at one of the looks', async () => {
    const world = simulatedWorld('switched');
    let looks = 0;
    world.cluster.tell(
      lies.about(STATS, () => {
        looks += 1;
        const search = { open_contexts: looks === 2 ? 0 : 4, scroll_current: 0 };
        return { status: 200, body: JSON.stringify({ _nodes: { failed: 0 }, nodes: { a: { indices: { search } } } }) };
      }),
    );
    expect(await drain(world, 2)).toMatchObject({ done: true });
  });

  test('for as long as a job runs on it, with what ends it', async () => {
    const world = simulatedWorld('switched');
    runs(world);
    const waiting = await drain(world, 20);
    expect(waiting).toMatchObject({ done: false });
    expect(waiting.waits).toMatch(/reindex \(id-old-1:77\), for 1 min 30 s.*POST \/_tasks\/id-old-1:77\/_cancel/);
    expect(waiting.stuck).toBeUndefined();
    world.cluster.tellTheTruth();
    expect(await drain(world, 2, waiting)).toMatchObject({ done: true });
  });

  test('but not for the part of a job that runs elsewhere', async () => {
    const world = simulatedWorld('switched');
    runs(world, 'id-new-1:5');
    expect(await drain(world, 2)).toMatchObject({ done: true });
  });

  test('and is not called drained while nobody tells', async () => {
    const world = simulatedWorld('switched');
    world.cluster.tell(lies.about(STATS, lies.status(503)));
    expect(await drain(world, 2)).toMatchObject({ done: false, unanswered: { reason: expect.any(String) } });
  });
});
