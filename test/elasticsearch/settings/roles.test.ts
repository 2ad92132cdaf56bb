import { holdsShards, rolesIn, tierInUse, tiersOf } from '../../../src/elasticsearch/settings/roles';
import { flat } from '../../../src/elasticsearch/settings/node-settings';
import { flattenConfig } from '../../../src/hosts/app-config/yaml/edit';

const read = (text: string, major = 7) => rolesIn(flat(Object.fromEntries(flattenConfig(text))), major).sort();

it('gives every role where the file says nothing', () => {
  expect(read('cluster.name: shop\n')).toEqual([
    ...['data', 'data_cold', 'data_content', 'data_frozen', 'data_hot', 'data_warm'],
    ...['ingest', 'master', 'ml', 'remote_cluster_client', 'transform'],
  ]);
  expect(read('', 8)).toEqual(read('', 7));
});

it.each([
  ['node.roles: [master, data_hot]', ['data_hot', 'master']],
  ['node.roles: "master, data"', ['data', 'master']],
  ['node:\n  roles:\n    - ingest\n', ['ingest']],
  ['node.roles.0: ml\nnode.roles.1: data', ['data', 'ml']],
  ['node.roles: []', []],
])('reads %j', (text, roles) => {
  expect(read(text, 8)).toEqual(roles);
});

it.each([
  ['node.data: false', ['ingest', 'master', 'ml', 'remote_cluster_client']],
  ['node.master: false', ['data', 'ingest', 'ml', 'remote_cluster_client', 'transform']],
  ['node.data: "false"\nnode.transform: true', ['ingest', 'master', 'ml', 'remote_cluster_client', 'transform']],
  ['node.voting_only: true\nnode.data: false', ['ingest', 'master', 'ml', 'remote_cluster_client', 'voting_only']],
  ['node: {master: false, data: false, ingest: false, ml: false, remote_cluster_client: false}', []],
])('reads the flags of 7.x: %j', (text, roles) => {
  expect(read(text)).toEqual(roles);
});

it.each([
  ['node.roles: [master]\nnode.data: false', 7, 'node.roles and node.data are both set'],
  ['node.data: true', 8, 'node.data is set, with which Elasticsearch 8 does not start'],
  ['node.roles: ${ROLES}', 8, 'only the environment of its service can tell'],
  ['node.master: ${MASTER}', 7, 'only the environment of its service can tell'],
])('does not guess: %j on %i', (text, major, why) => {
  expect(() => read(text, major)).toThrow(why);
});

it('knows who holds shards of ordinary indices', () => {
  expect(holdsShards(['master', 'data'])).toBe(true);
  expect(holdsShards(['data_cold'])).toBe(true);
  expect(holdsShards(['data_frozen', 'ingest'])).toBe(false);
  expect(holdsShards([])).toBe(false);
  expect(tiersOf(['data'])).toContain('data_warm');
  expect(tiersOf(['master', 'data_hot'])).toEqual(['data_hot']);
});

it('knows on which tier an index lies', () => {
  const prefers = { 'index.routing.allocation.include._tier_preference': 'data_warm, data_hot' };
  expect(tierInUse(prefers, [{ roles: ['data_hot'] }])).toBe('data_hot');
  expect(tierInUse(prefers, [{ roles: ['data_hot'] }, { roles: ['data'] }])).toBe('data_warm');
  expect(tierInUse(prefers, [{ roles: ['master'] }])).toBeUndefined();
  expect(tierInUse({}, [{ roles: ['data'] }])).toBeUndefined();
});
