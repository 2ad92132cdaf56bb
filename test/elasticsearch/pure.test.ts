import { reasonOf } from '../../src/elasticsearch/ask';
import { summarise } from '../../src/elasticsearch/explain';
import { keepsOut, matchesAny } from '../../src/elasticsearch/filters';
import { unrest } from '../../src/elasticsearch/health';
import { Pace } from '../../src/elasticsearch/pace';
import { parseBytes, showBytes } from '../../src/elasticsearch/sizes';
import { throttlePerNode } from '../../src/elasticsearch/throttle';
import { reservedBytes } from '../../src/elasticsearch/watermark';
import { testPlan } from './world';

const MB = 1024 ** 2;
const GB = 1024 ** 3;
const settings = (persistent: Record<string, string>) => ({ persistent, transient: {}, defaults: {} });
const LOW = 'cluster.routing.allocation.disk.watermark.low';

describe('sizes', () => {
  it.each([
    ['40mb', 40 * MB],
    ['500.5gb', 500.5 * GB],
    ['17b', 17],
    ['1TB', 1024 * GB],
  ])('%s', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  it.each(['85%', '', '-1', 'mb', '40 mib'])('"%s" is no size', (text) => expect(parseBytes(text)).toBeUndefined());

  it.each([
    [0, '0 B'],
    [1536, '1.5 KiB'],
    [200 * GB, '200 GiB'],
  ])('%i in words', (bytes, text) => expect(showBytes(bytes)).toBe(text));
});

describe('watermark', () => {
  it.each([
    ['85%', 150 * GB],
    ['0.85', 150 * GB],
    ['30gb', 30 * GB],
  ])('%s of 1000 GiB', (low, bytes) =>
    expect(Math.round(reservedBytes(settings({ [LOW]: low }), 1000 * GB) / MB)).toBe(Math.round(bytes / MB)),
  );

  it('knows max_headroom, and that the threshold may be off', () => {
    expect(reservedBytes(settings({ [LOW]: '85%', [`${LOW}.max_headroom`]: '20gb' }), 1000 * GB)).toBe(20 * GB);
    expect(reservedBytes(settings({ 'cluster.routing.allocation.disk.threshold_enabled': 'false' }), GB)).toBe(0);
  });

  it('says so when it does not understand, and never takes it for room', () => {
    expect(() => reservedBytes(settings({ [LOW]: 'lots' }), GB)).toThrow(/watermark/);
    expect(() => reservedBytes(settings({}), GB)).toThrow(/watermark/);
  });
});

describe('allocation filters', () => {
  const node = { _name: 'new-1', _ip: '198.18.2.11', zone: 'b' };

  it.each([
    ['exclude', '_name', 'new-*', true],
    ['exclude', '_name', 'old-1,old-2', false],
    ['include', '_name', 'old-1,new-1', false],
    ['include', '_ip', '198.18.1.*', true],
    ['require', 'zone', 'b', false],
    ['require', 'zone', 'a', true],
    ['require', 'box', 'hot', true],
    ['exclude', 'box', 'hot', false],
    ['include', '_tier_preference', 'data_content', false],
    ['exclude', '_name', '', false],
  ])('%s %s "%s" keeps it out: %s', (kind, attribute, patterns, out) => {
    const found = keepsOut({ [`index.routing.allocation.${kind}.${attribute}`]: patterns }, node);
    expect(found !== undefined).toBe(out);
  });

  it('takes dots literally', () => expect(matchesAny('198.18.2.1', '198x18x2x1')).toBe(false));
});

describe('unrest', () => {
  const good = {
    cluster_name: 'c',
    status: 'green' as const,
    timed_out: false,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
    active_primary_shards: 1,
    active_shards: 1,
    relocating_shards: 0,
    initializing_shards: 0,
    unassigned_shards: 0,
    number_of_pending_tasks: 0,
  };
  it('is nothing on a green cluster at rest', () => expect(unrest(good)).toEqual([]));
  it.each([
    { timed_out: true },
    { status: 'yellow' as const },
    { relocating_shards: 1 },
    { initializing_shards: 1 },
    { unassigned_shards: 1 },
    { number_of_pending_tasks: 1 },
  ])('%j', (bad) => expect(unrest({ ...good, ...bad })).toHaveLength(1));
});

describe('summarise', () => {
  it('makes one sentence and one safe action, and does not blame same_shard first', () => {
    const { sentence, action } = summarise({
      index: 'orders',
      shard: 2,
      primary: false,
      current_state: 'unassigned',
      unassigned_info: { reason: 'NODE_LEFT' },
      node_allocation_decisions: [
        {
          node_name: 'a',
          node_decision: 'no',
          deciders: [{ decider: 'same_shard', decision: 'NO', explanation: 'a copy' }],
        },
        {
          node_name: 'b',
          node_decision: 'no',
          deciders: [{ decider: 'same_shard', decision: 'NO', explanation: 'a copy' }],
        },
        {
          node_name: 'c',
          node_decision: 'no',
          deciders: [{ decider: 'disk_threshold', decision: 'NO', explanation: 'the disk is full.' }],
        },
      ],
    });
    expect(sentence).toBe('Replica of shard 2 of index orders is unassigned (NODE_LEFT): the disk is full.');
    expect(action).toMatch(/Free disk space/);
  });
});

describe('Pace', () => {
  const left = (bytesLeft: number, operations = 0) => ({
    shardsTotal: 2,
    shardsLeft: bytesLeft > 0 ? 1 : 0,
    bytesTotal: 1000,
    bytesLeft,
    operations,
  });

  it('measures the rate and says when it will be done', () => {
    const pace = new Pace(undefined, 0);
    pace.note(left(1000), 0);
    pace.note(left(500), 10_000);
    expect(pace.progress(false, 10_000)).toMatchObject({ bytesPerSecond: 50, etaSeconds: 10, stalledSeconds: 0 });
    expect(pace.share()).toBe(0.5);
  });

  it('adds up the time without movement over the calls', () => {
    const first = new Pace(undefined, 0);
    first.note(left(500), 0);
    first.note(left(500), 30_000);
    const one = first.progress(false, 30_000);
    const second = new Pace(one, 30_000);
    second.note(left(500), 31_000);
    expect(second.progress(false, 60_000).stalledSeconds).toBe(60);
  });

  it('takes replayed operations for movement', () => {
    const pace = new Pace(undefined, 0);
    pace.note(left(500, 1), 0);
    pace.note(left(500, 2), 30_000);
    expect(pace.progress(false, 30_000).stalledSeconds).toBe(0);
  });
});

describe('throttlePerNode', () => {
  const old = [{ name: 'old-1', address: '198.18.1.11' }];
  const fresh = [
    { name: 'new-1', address: '198.18.2.11' },
    { name: 'new-2', address: '198.18.2.12' },
  ];
  it('shares the measured bridge and leaves room for writes', () => {
    expect(throttlePerNode(testPlan(old, fresh), 50)).toBe(20);
    expect(throttlePerNode(testPlan(old, fresh), 0)).toBe(1);
  });
  it('never exceeds the plan', () => {
    expect(throttlePerNode(testPlan(old, fresh, { replicate: { maxMBps: 5 } }), 500)).toBe(5);
  });
});

describe('reasonOf', () => {
  const refused = (reason: string) => ({ error: { root_cause: [{ reason }], reason: 'outer' } });
  it('keeps only the deciders that said no', () => {
    const reason =
      "[move_allocation] can't move 0, reason: [YES(fine)][NO(a copy is already there [[a][0], node[x]])][YES(enough disk)][NO(too many)]";
    expect(reasonOf(refused(reason))).toBe('a copy is already there [[a][0], node[x]]; too many');
  });
  it.each([
    [refused('plain'), 'plain'],
    [{ error: 'text' }, 'text'],
    ['body', 'body'],
    [undefined, 'no reason given'],
  ])('%j', (body, reason) => expect(reasonOf(body)).toBe(reason));
});
