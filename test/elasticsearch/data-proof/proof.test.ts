import type { Client } from '@elastic/elasticsearch';
import { whatIsCompared, type Compared } from '../../../src/elasticsearch/data-proof/compared';
import { sameNumberOfDocuments } from '../../../src/elasticsearch/data-proof/counts';
import { figuresOf } from '../../../src/elasticsearch/data-proof/figures';
import type { DataLook } from '../../../src/elasticsearch/data-proof/look';
import { everyCopyHasEveryWrite } from '../../../src/elasticsearch/data-proof/writes';
import type { ShardCopy } from '../../../src/contract/places';
import { testPlan } from '../world';
import { testDeps } from '../../activities/deps';

const plan = testPlan(
  ['old-1', 'old-2'].map((name, i) => ({ name, address: `127.0.1.${i + 1}` })),
  ['new-1', 'new-2'].map((name, i) => ({ name, address: `127.0.2.${i + 1}` })),
);

const placed = (index: string, ...nodes: string[]): ShardCopy[] =>
  nodes.map((node, i) => ({ index, shard: 0, primary: i === 0, state: 'STARTED', node, bytes: 1 }));

describe('what is compared', () => {
  const table = [...placed('a', 'new-1', 'old-1'), ...placed('b', 'new-2', 'new-1'), ...placed('c', 'old-1')];
  const told = ({ pairs, groups, onlyCopies }: Compared) => ({
    pairs: pairs.map(({ group, left, right }) => `${group.index}: ${left} ${right}`),
    groups: groups.map(({ index }) => index),
    onlyCopies,
  });

  it('is a copy on each side before the switch and before a drain, each primary and another copy before teardown', () => {
    expect(told(whatIsCompared(plan, 'big-switch', table))).toEqual({
      pairs: ['a: old-1 new-1'],
      groups: ['a', 'b'],
      onlyCopies: 1,
    });
    expect(told(whatIsCompared(plan, 'drain:old-1', table))).toEqual({
      pairs: ['a: old-1 new-1'],
      groups: ['a'],
      onlyCopies: 1,
    });
    expect(told(whatIsCompared(plan, 'drain:old-2', table))).toEqual({ pairs: [], groups: [], onlyCopies: 0 });
    expect(told(whatIsCompared(plan, 'teardown', table)).pairs).toEqual(['a: new-1 old-1', 'b: new-2 new-1']);
  });
});

interface Copy {
  documents: number;
  maxSeqNo: number;
  localCheckpoint: number;
}

/** One shard with a primary on new-1 and a replica on old-1, and a clock that only sleeping moves on. */
class TwoCopies {
  readonly copies: Record<'new-1' | 'old-1', Copy> = {
    'new-1': { documents: 10, maxSeqNo: 20, localCheckpoint: 20 },
    'old-1': { documents: 10, maxSeqNo: 20, localCheckpoint: 20 },
  };
  failed = 0;
  refresh?: string;
  /** What a copy shows after it was asked to show its newest documents. */
  shows: () => void = () => undefined;
  refreshed = 0;
  /** What happens between two looks. */
  meanwhile: () => void = () => undefined;
  #now = 0;

  constructor() {
    jest.spyOn(Date, 'now').mockImplementation(() => this.#now);
  }

  get look(): DataLook {
    const sleep = async (milliseconds: number) => {
      this.#now += milliseconds;
      this.meanwhile();
    };
    const client = { transport: { request: async (request: Request) => this.#answer(request) } } as unknown as Client;
    const same = (name: string) => name;
    const compared = whatIsCompared(plan, 'drain:old-1', placed('orders', 'new-1', 'old-1'));
    return { deps: { ...testDeps({}), sleep }, client, compared, nameOf: same, idOf: same };
  }

  #answer({ path, querystring }: Request): unknown {
    const all = Object.entries(this.copies);
    if (path === '/orders/_count') {
      const [, copy] = all.find(([node]) => querystring?.preference?.endsWith(`:${node}`)) ?? [];
      return { count: copy?.documents, _shards: { failed: 0, successful: 1 } };
    }
    const routing = (node: string) => ({ state: 'STARTED', primary: node === 'new-1', node });
    if (path === '/orders/_stats/docs') {
      const shards = all.map(([node, { documents, maxSeqNo, localCheckpoint }]) => ({
        routing: routing(node),
        docs: { count: documents },
        seq_no: { max_seq_no: maxSeqNo, local_checkpoint: localCheckpoint, global_checkpoint: 19 },
      }));
      return { _shards: { failed: this.failed }, indices: { orders: { shards: { 0: shards } } } };
    }
    if (path === '/orders/_refresh') {
      this.refreshed += 1;
      this.shows();
      return {};
    }
    if (path === '/_stats/store') return { _shards: { failed: 0 }, indices: {} };
    if (path === '/_cluster/state/metadata') {
      const settings = { ...(this.refresh && { 'index.refresh_interval': this.refresh }) };
      return { cluster_name: 'real', metadata: { indices: { orders: { state: 'open', settings } } } };
    }
    const shards = { 0: all.map(([node]) => routing(node)) };
    const nodes = Object.fromEntries(all.map(([name]) => [name, { name }]));
    return { nodes, routing_table: { indices: { orders: { shards } } } };
  }
}
type Request = { path: string; querystring?: { preference?: string } };

describe('the figures of copies', () => {
  let world: TwoCopies;
  beforeEach(() => {
    world = new TwoCopies();
  });
  afterEach(() => jest.restoreAllMocks());

  it('hold while writes go on, although no copy ever has the newest one', async () => {
    const { 'new-1': primary, 'old-1': replica } = world.copies;
    Object.assign(replica, { localCheckpoint: 17 });
    world.meanwhile = () => {
      primary.maxSeqNo += 3;
      primary.localCheckpoint += 3;
      replica.localCheckpoint += 3;
    };
    const found = await everyCopyHasEveryWrite(world.look);
    expect(found).toMatchObject({ different: [], seen: '2 copies of 1 shards in 1 indices' });
    expect(replica.localCheckpoint).toBeLessThan(primary.maxSeqNo);
    expect(figuresOf(world.look, found, new Set())).toEqual({
      figures: [
        expect.objectContaining({
          node: 'new-1',
          primary: true,
          maxSeqNo: 23,
          localCheckpoint: 23,
          globalCheckpoint: 19,
        }),
        expect.objectContaining({ node: 'old-1', primary: false, documents: 10, maxSeqNo: 20, localCheckpoint: 20 }),
      ],
      figuresMore: 0,
    });
  });

  it('name a copy that stays behind, and do not hold when one does not answer', async () => {
    world.copies['old-1'].localCheckpoint = 17;
    const { different } = await everyCopyHasEveryWrite(world.look);
    expect(different).toEqual([{ index: 'orders', what: 'shard 0 on old-1 lacks 3 writes' }]);
    world.failed = 1;
    await expect(everyCopyHasEveryWrite(world.look)).rejects.toThrow('1 copies did not say how far they are');
  });

  it('find a document too few at rest', async () => {
    world.copies['old-1'].documents = 9;
    const found = await sameNumberOfDocuments(world.look, await everyCopyHasEveryWrite(world.look));
    expect(found).toMatchObject({
      different: [{ index: 'orders', what: 'shard 0 has 10 documents on new-1, 9 documents on old-1' }],
      notCompared: [],
    });
  });

  it('raise no alarm for counts that differ because somebody writes, but say that they were not compared', async () => {
    const { 'new-1': primary, 'old-1': replica } = world.copies;
    world.meanwhile = () => {
      primary.maxSeqNo += 1;
      primary.documents += 1;
    };
    replica.documents = 9;
    const found = await sameNumberOfDocuments(world.look, await everyCopyHasEveryWrite(world.look));
    const what = 'is written to, so its copies differ at any one moment';
    expect(found).toMatchObject({ different: [], notCompared: [{ index: 'orders', what }] });
    // A person who has approved waits for this look; it was 4.5 s.
    expect(Date.now()).toBeLessThan(500);
  });

  it('are even at once when a copy only did not show its newest documents yet', async () => {
    world.copies['old-1'].documents = 9;
    world.shows = () => (world.copies['old-1'].documents = 10);
    const found = await sameNumberOfDocuments(world.look, await everyCopyHasEveryWrite(world.look));
    expect(found).toMatchObject({ different: [], notCompared: [] });
    // It was 1.6 s, in which a person who has approved waited.
    expect(Date.now()).toBe(0);
  });

  it.each([
    ['500ms', true],
    ['30s', false],
    ['-1', false],
  ])('with a refresh interval of %s, copies are asked to show their newest documents: %s', async (interval, asked) => {
    world.refresh = interval;
    world.copies['old-1'].documents = 9;
    await sameNumberOfDocuments(world.look, await everyCopyHasEveryWrite(world.look));
    expect(world.refreshed > 0).toBe(asked);
  });

  it.each([
    ['500ms', 1],
    ['30s', 0],
    ['-1', 0],
  ])('take a refresh interval of %s into account', async (refresh, different) => {
    world.refresh = refresh;
    world.copies['old-1'].documents = 9;
    const found = await sameNumberOfDocuments(world.look, await everyCopyHasEveryWrite(world.look));
    expect([found.different.length, found.notCompared.length]).toEqual([different, 1 - different]);
  });

  it('are listed for so many copies as evidence has room for, those that differ first', () => {
    const { look } = world;
    const groups = Array.from({ length: 30 }, (_, i) => ({ index: `i${i}`, shard: 0, copies: [] }));
    const copy = (i: number) => ({ nodeId: 'new-1', primary: true, documents: i });
    const states = new Map(groups.map(({ index }, i) => [`${index}/0`, [copy(i), copy(i)]]));
    const { figures, figuresMore } = figuresOf(look, { groups, states }, new Set(['i3']));
    expect(figures.map(({ index }) => index)).toEqual(expect.arrayContaining(['i3', 'i29', 'i11']));
    expect([figures[0]?.index, figures.length, figuresMore]).toEqual(['i3', 40, 20]);
  });
});
