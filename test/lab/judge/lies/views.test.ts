import type { Look } from '../../../../lab/judge/watch';
import { at, honest, type Story } from './honest';
import { brokenIn, mustBeNamed } from './lie';
import { COPIES } from './looks';

/** Changes the looks of some hosts within some seconds. */
function looks(story: Story, hosts: RegExp, from: number, to: number, change: (look: Look) => Partial<Look>): void {
  story.looks = story.looks.map((look) =>
    hosts.test(look.host) && look.from >= at(from) && look.from < at(to) ? { ...look, ...change(look) } : look,
  );
}

const DEAF = { status: 0, body: null, view: null };
const PROMISE = 'never less than green';
const says = (change: object) => (look: Look) => ({ body: { ...(look.body as object), ...change } });

describe('lies about the cluster', () => {
  mustBeNamed([
    [
      'nodes that did not answer while one said green',
      (story) => looks(story, /^(old-1|new-)/, 62, 75, () => DEAF),
      PROMISE,
      'old-1 said nothing for 12020 ms',
    ],
    [
      'a node in a cluster of its own',
      (story) => looks(story, /^new-2$/, 62, 64, (look) => ({ view: { ...look.view, cluster_uuid: 'another' } })),
      PROMISE,
      'new-2 is in a cluster of its own',
    ],
    [
      'two masters',
      (story) => looks(story, /^new-/, 62, 75, (look) => ({ view: { ...look.view, master_node: 'id-new-1' } })),
      PROMISE,
      'followed different masters for 12000 ms',
    ],
    [
      'green with half of the copies',
      (story) => looks(story, /^old-2$/, 62, 63, says({ active_shards: COPIES / 2 })),
      PROMISE,
      'old-2 knows of 19 copies, there must be 38',
    ],
    [
      'green, alone',
      (story) => looks(story, /^new-1$/, 120, 121, says({ number_of_nodes: 1 })),
      PROMISE,
      'new-1 knows of 1 nodes, there must be 2',
    ],
    [
      'nobody who knows anything',
      (story) => looks(story, /./, 0, 200, () => ({ view: null })),
      'evidence',
      'no node told what it knows',
    ],
  ]);

  it('are none when the plan asks for fewer copies', async () => {
    const story = honest();
    looks(story, /^new-/, 120, 145, says({ active_shards: COPIES - 3 }));
    expect(await brokenIn(story)).toHaveLength(1);
    // Three shards of products, each with a replica.
    const products = { ...story.settings.after.indices['products'], 'index.number_of_replicas': '0' };
    story.settings.after.indices['products'] = products;
    expect(await brokenIn({ ...story, replicas: { products: 0 } })).toEqual([]);
  });

  it('are none in what a fault does, but for another cluster', async () => {
    const excuses = [{ from: at(61), to: at(76), reason: 'a node was killed', belowGreen: true }];
    const story = { ...honest(), excuses };
    looks(story, /^new-1$/, 62, 75, () => DEAF);
    expect(await brokenIn(story)).toEqual([]);
    looks(story, /^new-1$/, 70, 72, (look) => ({ view: { ...look.view, cluster_uuid: 'another' } }));
    expect(await brokenIn(story)).toHaveLength(1);
  });

  it('are none in one look that took too long', async () => {
    const story = honest();
    looks(story, /^new-1$/, 62, 63, (look) => ({ ...DEAF, to: look.from + 5_010, viewed: look.from + 10_020 }));
    expect(await brokenIn(story)).toEqual([]);
  });
});
