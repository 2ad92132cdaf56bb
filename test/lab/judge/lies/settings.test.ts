import { honest, type Story } from './honest';
import { brokenIn, mustBeNamed } from './lie';

const PROMISE = 'everything is put back';
const after = ({ settings }: Story) => settings.after;

describe('lies about settings', () => {
  mustBeNamed([
    [
      'a throttle that stayed',
      (story) => (after(story).persistent['indices.recovery.max_bytes_per_sec'] = '40960kb'),
      PROMISE,
      'persistent: indices.recovery.max_bytes_per_sec: 200mb → 40960kb',
    ],
    [
      "somebody else's transient setting that is gone",
      (story) => delete after(story).transient['cluster.routing.allocation.node_concurrent_recoveries'],
      PROMISE,
      'transient: cluster.routing.allocation.node_concurrent_recoveries: 3 → none',
    ],
    [
      'an exclusion that stayed',
      (story) => (after(story).transient['cluster.routing.allocation.exclude._name'] = 'old-1'),
      PROMISE,
      'exclude._name: none → old-1',
    ],
    [
      'a voting exclusion that stayed',
      (story) => after(story).votingExclusions.push('old-2'),
      PROMISE,
      'voting exclusions: old-2: none → there',
    ],
    [
      "somebody else's voting exclusion that is gone",
      (story) => (after(story).votingExclusions = []),
      PROMISE,
      'voting exclusions: ghost: there → none',
    ],
    [
      'a replica more than before',
      (story) =>
        (after(story).indices['carts'] = { ...after(story).indices['carts'], 'index.number_of_replicas': '2' }),
      PROMISE,
      'index carts: index.number_of_replicas: 1 → 2',
    ],
    [
      'an index whose filter stayed',
      (story) =>
        (after(story).indices['carts'] = {
          ...after(story).indices['carts'],
          'index.routing.allocation.exclude._name': 'x',
        }),
      PROMISE,
      'index carts: index.routing.allocation.exclude._name: none → x',
    ],
    ['an index that is gone', (story) => delete after(story).indices['products'], PROMISE, 'index products: .* → none'],
  ]);

  it('are none in what the plan asked for, and that must be so', async () => {
    const story = { ...honest(), replicas: { carts: 0 } };
    expect(await brokenIn(story)).toEqual([expect.stringContaining('index carts: index.number_of_replicas: 0 → 1')]);
    after(story).indices['carts'] = {
      ...after(story).indices['carts'],
      'index.number_of_replicas': '0',
      'index.uuid': 'u-2',
    };
    expect(await brokenIn(story)).toEqual([]);
  });

  it('takes back with a rollback what the plan asked for', async () => {
    const story = { ...honest('rolled-back'), replicas: { carts: 0 } };
    expect(await brokenIn(story)).toEqual([]);
    after(story).indices['carts'] = { ...after(story).indices['carts'], 'index.number_of_replicas': '0' };
    expect(await brokenIn(story)).toEqual([expect.stringContaining('index carts: index.number_of_replicas: 1 → 0')]);
  });
});
