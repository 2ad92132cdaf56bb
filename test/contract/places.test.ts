import { LONGEST_PLACES, packPlaces, unpackPlaces, type ShardCopy } from '../../src/contract/places';
import { copiesOnOld } from '../view/living-world';

const copy = (more: Partial<ShardCopy>): ShardCopy => ({
  index: 'orders',
  shard: 0,
  primary: true,
  state: 'STARTED',
  node: 'old-1',
  bytes: 2048,
  ...more,
});

const sorted = (copies: ShardCopy[]) => copies.map((one) => JSON.stringify(one, Object.keys(one).sort())).sort();

describe('places', () => {
  it('come back as they were packed, in every state', () => {
    const copies = [
      copy({}),
      copy({ primary: false, node: 'old-2', state: 'RELOCATING', movingTo: 'new-1' }),
      copy({ shard: 1, node: 'new-1' }),
      copy({ shard: 1, primary: false, node: 'old-1', state: 'INITIALIZING' }),
      copy({ index: 'logs', primary: true }),
      copy({ index: 'logs', primary: false, state: 'UNASSIGNED', node: undefined }),
    ].map((one) => JSON.parse(JSON.stringify(one)) as ShardCopy);
    const places = packPlaces(7, { members: ['old-1', 'old-2', 'new-1'], master: 'old-1' }, copies);
    expect(places.indices).toEqual({ orders: 'P0R1>2:2 P2R+0:2', logs: 'P0R-:2' });
    expect(places).toMatchObject({ t: 7, members: 3, master: 'old-1' });
    expect(sorted(unpackPlaces(places))).toEqual(sorted(copies));
  });

  it('keep nodes apart beyond the first 36, members from those that only hold copies', () => {
    const names = Array.from({ length: 100 }, (_, i) => `node-${i}`);
    const copies = names.map((node, shard) => copy({ shard, node }));
    const places = packPlaces(0, { members: names.slice(0, 50) }, copies);
    expect(places.members).toBe(50);
    expect(unpackPlaces(places).map((one) => one.node)).toEqual(names);
  });

  it('of 1,000 shards with a replica each take less than 20 kB', () => {
    const places = packPlaces(0, { members: ['old-1', 'old-2', 'old-3'] }, copiesOnOld(1000));
    expect(JSON.stringify(places).length).toBeLessThan(20_000);
    expect(unpackPlaces(places)).toHaveLength(2000);
  });

  it('of too many shards leave out the smallest indices, and say how many copies that are', () => {
    const copies = Array.from({ length: 20_000 }, (_, i) =>
      copy({ index: `index-of-a-long-name-${i}`, bytes: i * 1024 }),
    );
    const places = packPlaces(0, { members: ['old-1'] }, copies);
    expect(JSON.stringify(places).length).toBeLessThan(1.5 * LONGEST_PLACES);
    expect(places.omitted).toBeGreaterThan(0);
    expect(unpackPlaces(places).length + (places.omitted ?? 0)).toBe(20_000);
    expect(places.indices['index-of-a-long-name-19999']).toBeDefined();
  });

  it('that are not what they should be are left out, never guessed', () => {
    const places = { t: 0, nodes: ['old-1'], members: 1, indices: { orders: 'P9:1 junk P0:1' } };
    expect(unpackPlaces(places)).toEqual([copy({ shard: 2, bytes: 1024 })]);
  });
});
