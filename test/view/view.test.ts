import { tryingSentence } from '../../src/contract/trying';
import { shardMap } from '../../src/view/shard-map';
import { buildView } from '../../src/view/view';
import { atBigSwitch, halfMoved, replicating, sampleAt } from './facts-fixture';

describe('the view', () => {
  it('has each phase with its state and its seconds so far', () => {
    const { phases } = buildView(replicating());
    expect(phases.map(({ phase, state, seconds }) => [phase, state, seconds])).toEqual([
      ['preflight', 'done', 10],
      ['bridge', 'done', 50],
      ['redirect', 'done', 40],
      ['join', 'done', 140],
      ['replicate', 'now', 60],
      ...['front', 'switch', 'drain', 'teardown', 'report'].map((phase) => [phase, 'later', undefined]),
    ]);
  });

  it('takes bytes a second over the bridge from the last two samples', () => {
    expect(buildView(replicating()).bridge).toEqual({ bytes: 30 * 30 * 2 ** 20, bytesPerSecond: 30 * 2 ** 20 });
  });

  it('has no rate where the counter began anew or was not read', () => {
    for (const last of [sampleAt(30, { bridgeBytes: 5 }), sampleAt(30, { bridgeBytes: undefined })]) {
      const view = buildView(replicating({ watched: { samples: [sampleAt(20), last] } }));
      expect(view.bridge.bytesPerSecond).toBeUndefined();
    }
  });

  it('counts a sample once that both the run and the watch have', () => {
    const facts = replicating({ watched: { samples: [sampleAt(10), sampleAt(20)] } });
    expect(buildView(facts).samples.map(({ t }) => (t - sampleAt(0).t) / 1000)).toEqual([0, 10, 20]);
  });

  it('is never at 100 % before it is proven', () => {
    const { status } = replicating();
    const progress = { ...status.progress!, bytesLeft: 0, shardsLeft: 0 };
    expect(buildView(replicating({ status: { ...status, progress } })).progress?.share).toBe(0.99);
    expect(
      buildView(replicating({ status: { ...status, progress: { ...progress, done: true } } })).progress?.share,
    ).toBe(1);
  });

  it('calls health unknown before the first sample, never green', () => {
    const { cluster } = buildView(replicating({ samples: [], watched: undefined }));
    expect(cluster.health).toBe('unknown');
    expect(cluster.seenAt).toBeUndefined();
  });

  it('asks for the typed name at big-switch and teardown, not at a drain', () => {
    const facts = atBigSwitch();
    expect(buildView(facts).gate).toMatchObject({ gate: 'big-switch', typed: true, token: 'ab12cd34' });
    const gate = { ...facts.status.gate!, gate: 'drain:old-1' as const };
    expect(buildView({ ...facts, status: { ...facts.status, gate } }).gate?.typed).toBe(false);
  });

  it('says what is tried again and why, and that a run was stopped from outside', () => {
    const [since, next] = ['2026-03-04T05:06:07.000Z', '2026-03-04T05:07:08.000Z'];
    const trying = [{ what: 'join: start new-2', attempt: 3, why: 'no answer from new-2', since, next }];
    const status = { ...replicating().status, trying };
    const view = buildView(replicating({ status, execution: 'TERMINATED' }));
    expect(view.retries).toEqual(trying.map(tryingSentence));
    expect(view.outcome).toBe('stopped');
    expect(view.phases[4]?.state).toBe('ended early');
  });

  it('has ended when its report is written, and not before', () => {
    const { status } = replicating();
    const startedAt = '2026-01-02T03:04:05.000Z';
    const outcomeWith = (report: object, execution = 'RUNNING') => {
      const phases = [...status.phases, { phase: 'report' as const, startedAt, ...report }];
      return buildView(replicating({ execution, status: { ...status, outcome: 'migrated', phases } })).outcome;
    };
    expect(outcomeWith({})).toBe('running');
    expect(outcomeWith({ endedAt: startedAt, summary: 'report in out/report.html' })).toBe('migrated');
    expect(outcomeWith({}, 'TERMINATED')).toBe('migrated');
  });

  describe('of the hosts', () => {
    const stateOf = (name: string, facts = replicating()) => {
      const host = buildView(facts).hosts.find((one) => one.name === name);
      return [host?.mark, host?.state];
    };

    it('says of each what it does now', () => {
      expect(stateOf('hub')).toEqual(['good', 'carries the bridge']);
      expect(stateOf('old-1')).toEqual(['good', 'in the cluster']);
      expect(stateOf('app-1')).toEqual(['good', 'on old nodes']);
    });

    it('says that a node is missing from the cluster, unless it was drained', () => {
      const facts = replicating();
      facts.watched!.places!.members = 1;
      expect(stateOf('old-2', facts)).toEqual(['bad', 'not in the cluster']);
      const drained = { ...facts, status: { ...facts.status, drained: ['old-2'] } };
      expect(stateOf('old-2', drained)).toEqual(['off', 'drained, stopped']);
    });

    it('says unknown of nodes while nothing was seen', () => {
      expect(stateOf('old-1', replicating({ watched: undefined }))).toEqual(['unknown', 'not seen yet']);
    });

    it('has the copies and bytes of each node, and the master', () => {
      const old = buildView(replicating()).hosts.find((host) => host.name === 'old-1');
      const held = halfMoved().filter((copy) => copy.node === 'old-1');
      expect(old).toMatchObject({ master: true, copies: held.length });
      expect(old?.bytes).toBe(held.reduce((sum, copy) => sum + copy.bytes, 0));
    });
  });
});

describe('the shard map', () => {
  const map = (copies = halfMoved()) => {
    const view = buildView(replicating({}, copies));
    return shardMap(view.places!, view.hosts);
  };

  it('counts shard groups by the sides that serve them: one on its way still counts where it is', () => {
    expect(map().groups).toEqual({ old: 16, both: 8, new: 0, none: 0 });
    expect(map().copies).toBe(48);
  });

  it('shows a copy on its way on both nodes, as moving and as arriving', () => {
    const cells = map().nodes.flatMap(({ node, cells }) => cells.map((cell) => ({ node, ...cell })));
    const moving = cells.filter((cell) => cell.kind === 'moving');
    const arriving = cells.filter((cell) => cell.kind === 'arriving');
    expect(moving).toHaveLength(2);
    expect(arriving.map(({ node, other }) => [node, other])).toEqual(moving.map(({ node, other }) => [other, node]));
  });

  it('has every planned node in the plan’s order, empty ones too, and unknown ones last', () => {
    const copies = halfMoved().map((copy, i) => (i === 47 ? { ...copy, node: 'stranger' } : copy));
    expect(map(copies).nodes.map(({ node, side }) => `${side} ${node}`)).toEqual([
      'old old-1',
      'old old-2',
      'old old-3',
      'new new-1',
      'new new-2',
      'new new-3',
      'other stranger',
    ]);
  });

  it('keeps unassigned copies apart, and a group without a started copy counts as served by none', () => {
    const copies = halfMoved().map((copy, i) =>
      i < 2 ? { ...copy, state: 'UNASSIGNED' as const, node: undefined, movingTo: undefined } : copy,
    );
    expect(map(copies).unassigned).toHaveLength(2);
    expect(map(copies).groups.none).toBe(1);
  });
});
