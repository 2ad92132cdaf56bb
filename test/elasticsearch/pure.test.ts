import { reasonOf } from '../../src/elasticsearch/client/ask';
import { summarise } from '../../src/elasticsearch/shards/explain';
import { keepsOut, matchesAny } from '../../src/elasticsearch/settings/filters';
import { saysNoMaster, unrest } from '../../src/elasticsearch/looks/health';
import { parseBytes } from '../../src/elasticsearch/settings/sizes';
import { throttlePerNode } from '../../src/elasticsearch/settings/throttle';
import { reservedBytes } from '../../src/elasticsearch/settings/watermark';
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
    task_max_waiting_in_queue_millis: 0,
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

describe('red without a master', () => {
  const asked = { status: 'red' as const, active_shards: 6, initializing_shards: 0, unassigned_shards: 0 };
  it('is told by every copy being started', () => expect(saysNoMaster(asked)).toBe(true));
  it.each([{ status: 'green' as const }, { active_shards: 0 }, { initializing_shards: 1 }, { unassigned_shards: 1 }])(
    'is not what %j says',
    (change) => expect(saysNoMaster({ ...asked, ...change })).toBe(false),
  );
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

  const onItsWay = {
    index: 'orders',
    shard: 0,
    primary: true,
    current_state: 'started',
    current_node: { name: 'old-1' },
    rebalance_explanation: 'rebalancing is not allowed',
    node_allocation_decisions: [
      {
        node_name: 'old-2',
        node_decision: 'no',
        deciders: [{ decider: 'filter', decision: 'NO', explanation: 'it is excluded' }],
      },
      { node_name: 'new-1', node_decision: 'worse_balance', deciders: [] },
    ],
  };

  it('listens only to the nodes that a copy is to go to, then to what the cluster said when it refused', () => {
    const targets = ['new-1'];
    expect(summarise(onItsWay, { targets, refused: 'a snapshot holds it' }).sentence).toBe(
      'Primary of shard 0 of index orders is on old-1: a snapshot holds it.',
    );
    expect(summarise(onItsWay, { targets }).sentence).toContain('rebalancing is not allowed');
    expect(summarise(onItsWay, { targets: ['gone'] }).action).toMatch(/filters of this index/);
  });

  it('tells the innermost cause of a copy that could not be made, not how often it was tried', () => {
    const deep = `failed shard on node [x]: failed recovery, failure RecoveryFailedException[${'y'.repeat(400)}]; nested: IOException[stop.txt]; `;
    const decider = { decider: 'max_retry', decision: 'NO', explanation: `it was tried 5 times: ${deep}` };
    const { sentence } = summarise({
      ...{ index: 'orders', shard: 0, primary: false, current_state: 'unassigned' },
      unassigned_info: { reason: 'ALLOCATION_FAILED', failed_allocation_attempts: 5, details: deep },
      node_allocation_decisions: [{ node_name: 'new-1', node_decision: 'no', deciders: [decider] }],
    });
    expect(sentence).toMatch(/is unassigned \(ALLOCATION_FAILED\): …y+\]; nested: IOException\[stop\.txt\]\.$/);
    expect(sentence.length).toBeLessThan(400);
  });

  it.each([
    ['max_retry', /retry_failed=true once/],
    ['snapshot_in_progress', /Wait until the snapshot is over/],
    ['something_new', /nothing has to be forced/],
  ])('%s: never forces anything', (name, action) => {
    const decider = { decider: name, decision: 'NO', explanation: 'x'.repeat(400) };
    const decisions = [{ node_name: 'new-1', node_decision: 'no', deciders: [decider] }];
    const reason = summarise({ ...onItsWay, node_allocation_decisions: decisions });
    expect(reason.action).toMatch(action);
    expect(reason.action).not.toMatch(/allocate_(stale|empty)/);
    expect(reason.sentence.length).toBeLessThan(400);
  });
});

describe('throttlePerNode', () => {
  const old = [{ name: 'old-1', address: '198.18.1.11' }];
  const fresh = [
    { name: 'new-1', address: '198.18.2.11' },
    { name: 'new-2', address: '198.18.2.12' },
  ];
  const many = (side: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ name: `n-${side}-${i}`, address: `198.18.${side}.${i + 10}` }));

  it('shares the measured bridge and leaves room for writes', () => {
    expect(throttlePerNode(testPlan(many(1, 2), fresh), 50)).toBe(20);
    expect(throttlePerNode(testPlan(old, fresh), 0)).toBe(1);
  });
  it('counts the smaller side, which sends or receives no more than its nodes may', () => {
    expect(throttlePerNode(testPlan(many(1, 3), many(2, 30)), 90)).toBe(24);
    expect(throttlePerNode(testPlan(many(1, 30), many(2, 3)), 90)).toBe(24);
  });
  it('leaves the bridge its room with however many nodes', () => {
    expect(throttlePerNode(testPlan(many(1, 100), many(2, 100)), 30) * 100).toBeCloseTo(24);
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

  it('is found at once in whatever a node says', () => {
    const begun = Date.now();
    expect(reasonOf({ error: '[NO('.repeat(40_000) }).length).toBe(600);
    expect(reasonOf({ error: { reason: { of: 'another shape' } } })).toBe('{"of":"another shape"}');
    expect(Date.now() - begun).toBeLessThan(1_000);
  });
});
