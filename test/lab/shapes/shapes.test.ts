import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { oldNodeConfig, ownSettings } from '../../../lab/es-config';
import { appEndpoints, checkOptions, hostsOf, layoutHosts, oldDataNodes } from '../../../lab/layout';
import { indexShapes } from '../../../lab/data/shapes';
import { holdsData, mayBeMaster, SHAPES, shapeOf } from '../../../lab/shapes';
import { PAIRS, pairOf } from '../../../lab/shapes/pairs';
import { DEFAULT_OPTIONS } from '../../../lab/types';

describe('shapes', () => {
  it('are all in the registry, each under the name of its file', () => {
    const files = readdirSync(join(__dirname, '../../../lab/shapes')).filter(
      (name) => !/^(index|pairs|shape)\.ts$/.test(name),
    );
    expect(SHAPES.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
  });

  it.each(SHAPES.map((shape) => [shape.name, shape] as const))('%s has masters and data on each side', (_, shape) => {
    for (const side of ['old', 'new'] as const) {
      const count = shape.nodes?.[side] ?? DEFAULT_OPTIONS[side];
      const nodes = Array.from({ length: count }, (__, place) => shape.settings(side, place, count));
      expect(nodes.filter(mayBeMaster).length).toBeGreaterThanOrEqual(3);
      expect(nodes.filter(holdsData).length).toBeGreaterThanOrEqual(2);
    }
  });

  it('names those that there are when one is asked for that is not', () => {
    expect(() => shapeOf('plain,dodecahedron')).toThrow('--shape is "plain,dodecahedron"; use one of these');
  });

  it('lays several over each other', () => {
    const both = shapeOf('plain,roles');
    expect(both).toMatchObject({ name: 'plain,roles', nodes: { old: 7, new: 8 } });
    expect(both.settings('old', 0, 7)).toEqual({ 'node.roles': ['master'] });
  });

  it('refuses fewer nodes than a shape needs', () => {
    expect(() => checkOptions({ ...DEFAULT_OPTIONS, shape: 'roles', old: 3, new: 8 })).toThrow(
      '--old is 3; shape "roles" needs 7 nodes there, or more',
    );
  });
});

describe('the shape "roles"', () => {
  const hosts = layoutHosts({ old: 7, new: 8, shape: 'roles' });
  const roles = (side: 'old' | 'new') => hostsOf(hosts, side).map(({ settings }) => settings['node.roles']);

  it('has one task for each node', () => {
    const masters = [['master'], ['master'], ['master']];
    expect(roles('old')).toEqual([...masters, ['data'], ['data'], ['ingest'], []]);
    expect(roles('new')).toEqual([...masters, ['data'], ['data'], ['data'], ['ingest'], []]);
  });

  it('is found and formed by its masters, and its apps leave those alone', () => {
    const [first] = hostsOf(hosts, 'old');
    if (!first) throw new Error('no old host');
    expect(parse(oldNodeConfig(first, hosts, '7.17.28', true))).toMatchObject({
      'node.roles': ['master'],
      'discovery.seed_hosts': ['198.18.1.11', '198.18.1.12', '198.18.1.13'],
      'cluster.initial_master_nodes': ['old-1', 'old-2', 'old-3'],
      'gateway.expected_data_nodes': 2,
    });
    expect(oldDataNodes(hosts).map(({ name }) => name)).toEqual(['old-4', 'old-5']);
    expect(appEndpoints(hosts)).toEqual([14, 15, 16, 17].map((last) => `http://198.18.1.${last}:9200`));
  });

  it('is what the owner of a new host wrote there', () => {
    const [fresh] = hostsOf(hosts, 'new');
    if (!fresh) throw new Error('no new host');
    expect(parse(ownSettings(fresh))).toEqual({ 'node.roles': ['master'] });
  });
});

describe('the shape "zones"', () => {
  const hosts = layoutHosts({ old: 4, new: 3, shape: 'zones' });
  const zones = (side: 'old' | 'new') => hostsOf(hosts, side).map(({ settings }) => settings['node.attr.zone']);

  it('spreads over zones that have other names on the new side, and forces those of the old one', () => {
    expect(zones('old')).toEqual(['here-1', 'here-2', 'here-1', 'here-2']);
    expect(zones('new')).toEqual(['there-1', 'there-2', 'there-3']);
    expect(shapeOf('zones').clusterSettings).toEqual({
      'cluster.routing.allocation.awareness.attributes': 'zone',
      'cluster.routing.allocation.awareness.force.zone.values': 'here-1,here-2',
    });
  });

  it('goes together with "roles": the data nodes of each side are in different zones', () => {
    const both = shapeOf('zones,roles');
    const data = (['old', 'new'] as const).map((side) =>
      Array.from({ length: side === 'old' ? 7 : 8 }, (_, place) => both.settings(side, place, side === 'old' ? 7 : 8))
        .filter(holdsData)
        .map((own) => own['node.attr.zone']),
    );
    expect(data.map((own) => new Set(own).size)).toEqual([2, 3]);
    expect(both.clusterSettings).toEqual(shapeOf('zones').clusterSettings);
  });
});

describe('the shape "tiers"', () => {
  const both = shapeOf('tiers,zones');
  const indexSettings = both.indexSettings ?? {};

  it('has room for three copies on hot nodes, for two on warm ones, and goes together with zones', () => {
    const nodes = [0, 1, 2, 3, 4].map((place) => both.settings('old', place, 5));
    expect(nodes.map((own) => own['node.attr.box'])).toEqual(['hot', 'hot', 'hot', 'warm', 'warm']);
    expect(nodes.map((own) => [mayBeMaster(own), holdsData(own)])).toEqual([
      ...Array<unknown>(3).fill([true, true]),
      ...Array<unknown>(2).fill([false, true]),
    ]);
    expect(new Set(nodes.slice(3).map((own) => own['node.attr.zone'])).size).toBe(2);
  });

  it('binds indices of the lab to warm nodes, by role and by attribute', () => {
    const names = indexShapes(5).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(indexSettings)));
    expect(JSON.stringify(indexSettings['orders-2024'])).toContain('data_warm');
    expect(JSON.stringify(indexSettings['audit'])).toContain('require.box');
  });
});

describe('pairs', () => {
  it('can be laid over each other, and each comes with some commit', () => {
    for (const pair of PAIRS) expect(() => shapeOf(pair)).not.toThrow();
    const hashes = Array.from({ length: 40 }, (_, i) => `${(i * 0x10001).toString(16).padStart(7, '0')}ffffff`);
    expect([...new Set(hashes.map(pairOf))].sort()).toEqual([...PAIRS].sort());
  });
});
