import { nodeSettingsChecks } from '../../../../src/activities/preflight/cluster/node-settings';
import { shownSettings } from '../../../../src/activities/nodes/settings';
import { testPlan } from '../../../elasticsearch/world';
import { sidesOf } from './sides';

const nodes = (side: 'old' | 'new', count: number) =>
  Array.from({ length: count }, (_, i) => ({
    name: `${side}-${i + 1}`,
    address: `198.18.${side === 'old' ? 1 : 2}.${11 + i}`,
  }));
const planOf = (newNodeSettings = {}) =>
  testPlan(nodes('old', 3), nodes('new', 2), { elasticsearch: { clusterName: 'real', newNodeSettings } });
const all = (settings: Record<string, unknown>) => [settings, settings, settings];
const look = (
  old: Record<string, unknown>[],
  fresh: string[] = [],
  plan = planOf(),
  persistent: Record<string, string> = {},
) => nodeSettingsChecks(plan, sidesOf(plan, old, fresh), { persistent }).filter(({ result }) => result !== 'ok');

it.each([
  ['thread_pool.write.queue_size', '2000'],
  ['cluster.routing.allocation.awareness.attributes', 'zone'],
  ['cluster.remote.other.seeds', 'a:9300,b:9300'],
  ['s3.client.default.endpoint', 's3.internal.example'],
  ['searchguard.enterprise_modules_enabled', 'false'],
  ['indices.fielddata.cache.size', '20%'],
  ['path.shared_data', '/shared'],
])('says once by name that %s is %s on old nodes, and which new ones lack it', (key, value) => {
  expect(look(all({ [key]: value }), [`${key}: ${value}`, ''])).toMatchObject([
    {
      ...{ name: 'node-settings', subject: key, result: 'failed', waivable: true },
      seen: `${key} is ${value} on old-1, old-2 and old-3, and would be not set on new-2`,
      remedy: expect.stringContaining('elasticsearch.newNodeSettings'),
    },
  ]);
  expect(look(all({ [key]: value }))).toHaveLength(1);
  expect(look(all({ [key]: value }), [`${key}: other`, `${key}: ${value}`])).toMatchObject([
    { seen: expect.stringMatching(/would be other on new-1$/) },
  ]);
  expect(look(all({ [key]: value }), [`${key}: ${value}`, `${key}: "${value}"`])).toEqual([]);
  expect(look(all({ [key]: value }), [], planOf({ [key]: value }))).toEqual([]);
});

it('leaves out what is a node’s own, and what a running node puts in by itself', () => {
  const told = {
    ...{
      'node.name': 'a',
      'node.attr.zone': 'a',
      'node.pidfile': '/run/es',
      pidfile: '/run/es',
      'client.type': 'node',
    },
    ...{ 'network.host': '10.0.0.1', 'network.tcp.keep_alive': 'true', 'path.data': '/data', 'path.logs': '/logs' },
    ...{ 'path.home': '/usr', 'discovery.seed_hosts': 'a', 'cluster.initial_master_nodes': 'a', 'http.port': '9201' },
    ...{ 'http.type': 'security4', 'http.type.default': 'netty4', 'transport.type': 'security4' },
    ...{ 'transport.type.default': 'netty4', 'transport.features.x-pack': 'true', 'transport.port': '9301' },
    ...{ 'cluster.election.strategy': 'supports_voting_only', 'xpack.security.enabled': 'false' },
    ...{ 'http.bind_host': '_local_', 'transport.publish_host': '10.0.0.1', 'gateway.recover_after_nodes': '2' },
  };
  expect(look(all(told))).toEqual([]);
  const roles = 'node.roles: [master]';
  expect(look(all({ ...told, 'node.roles': ['master', 'data'] }), [roles, roles])).toEqual([]);
  expect(look(all({ ...told, 'node.ml': 'false' }), [roles, roles])).toEqual([]);
  const shown = shownSettings(planOf());
  const written = shown === 'all' ? [] : Object.keys(shown.keys).map((key) => key.replace(/\.$/, '.x'));
  expect(written).toContain('discovery.seed_hosts');
  expect(look(all(Object.fromEntries(written.map((key) => [key, 'a']))))).toEqual([]);
});

it('leaves to the other check what clients notice', () => {
  expect(look(all({ 'http.max_content_length': '1gb', 'path.repo': '/backups' }))).toEqual([]);
});

it('takes for the old side what most nodes of the same roles have', () => {
  const [one, many] = [{ 'thread_pool.search.size': '9' }, {}];
  expect(look([one, many, many]).filter(({ result }) => result === 'failed')).toEqual([]);
  expect(look([one, one, many])).toMatchObject([{ seen: expect.stringContaining('on old-1 and old-2, and') }]);
  const [master, data] = [{ 'node.roles': ['master'] }, { 'node.roles': ['data'], ...one }];
  const [newMaster, newData] = ['node.roles: [master]', 'node.roles: [data]'];
  expect(look([master, master, data], [newMaster, newData])).toMatchObject([
    { seen: 'thread_pool.search.size is 9 on old-3, and would be not set on new-2' },
  ]);
  expect(look([master, master, data], [newMaster, `${newData}\nthread_pool.search.size: 9`])).toEqual([]);
});

it('tells of what only a few old nodes have, where no new node has it', () => {
  const key = 'thread_pool.search.size';
  expect(look([{ [key]: '9' }, {}, {}])).toMatchObject([
    {
      ...{ name: 'node-settings', subject: key, result: 'warn' },
      seen: `${key} is 9 on old-1 alone, and would be set on no new node`,
      remedy: expect.stringContaining('asked of old-1 alone'),
    },
  ]);
  expect(look([{ [key]: '9' }, {}, {}], ['', `${key}: 9`])).toEqual([]);
  expect(look([{ [key]: '9' }, {}, {}], [], planOf(), { [key]: '9' })).toEqual([]);
  expect(JSON.stringify(look([{ 'azure.client.default.key': 'hunter2' }, {}, {}]))).not.toContain('hunter2');
});

it('tells of what only new nodes have in their own files, also of what clients notice', () => {
  for (const key of ['thread_pool.search.size', 'action.auto_create_index', 'bootstrap.memory_lock']) {
    expect(look([], ['', `${key}: false`])).toMatchObject([
      {
        ...{ name: 'node-settings', subject: key, result: 'warn' },
        seen: `${key} is false on new-2, and set on no old node`,
        remedy: expect.stringContaining('elasticsearch.yml of new-2'),
      },
    ]);
    expect(look([{ [key]: 'true' }, {}, {}], ['', `${key}: false`])).toEqual([]);
    expect(look([], [], planOf({ [key]: false }))).toEqual([]);
    expect(look([], ['', `${key}: false`], planOf(), { [key]: 'true' })).toEqual([]);
  }
  expect(look([], ['node.name: a\ncluster.name: b\nhttp.port: 9201\nxpack.security.enabled: false', ''])).toEqual([]);
  expect(JSON.stringify(look([], ['azure.client.default.key: hunter2', '']))).not.toContain('hunter2');
});

it('takes any of the values that old nodes have', () => {
  const [a, b] = [{ 'thread_pool.search.size': '9' }, { 'thread_pool.search.size': '8' }];
  expect(look([a, a, b], ['thread_pool.search.size: 8', 'thread_pool.search.size: 9'])).toEqual([]);
  expect(look([a, a, b], ['thread_pool.search.size: 8', 'thread_pool.search.size: 7'])).toMatchObject([
    { seen: expect.stringMatching(/^thread_pool.search.size is 9 or 8 on .* would be 7 on new-2$/) },
  ]);
});

it('only warns of what the plan itself says otherwise, and of what no request notices', () => {
  expect(look(all({ 'thread_pool.search.size': '9' }), [], planOf({ 'thread_pool.search.size': 20 }))).toMatchObject([
    { result: 'warn', seen: expect.stringContaining('would be 20 on new-1 and new-2') },
  ]);
  const quiet = ['bootstrap.memory_lock', 'gateway.recover_after_time', 'monitor.fs.health.enabled', 'logger.level'];
  for (const key of [...quiet, 'node.processors']) {
    expect(look(all({ [key]: 'a' }))).toMatchObject([{ name: 'node-settings', subject: key, result: 'warn' }]);
  }
});

it.each([
  ['searchguard.ssl.transport.keystore_password', 'hunter2'],
  ['azure.client.default.sas_token', 'hunter2'],
  ['azure.client.default.key', 'hunter2'],
  ['cloud.aws.access_key', 'hunter2'],
  ['xpack.notification.slack.account.a.url', 'https://hooks.example/services/T0/B0/hunter2XXXXXXXXXXXXXXX'],
  ['s3.client.default.proxy.url', 'http://me:hunter2@proxy:3128'],
])('does not show the value of %s', (key, value) => {
  const [found, ...more] = look(all({ [key]: value }), [`${key}: "${value}+"`, '']);
  expect(more).toEqual([]);
  expect(found).toMatchObject({
    subject: key,
    result: 'failed',
    seen: expect.stringContaining('would be set otherwise'),
  });
  expect(JSON.stringify(found)).not.toContain('hunter2');
});

it('cuts a long value, and says of a hidden one that it is', () => {
  const long = Array.from({ length: 90 }, (_, i) => `h${i}`).join(',');
  expect(look(all({ 'cluster.remote.a.seeds': long }))[0]?.seen.length).toBeLessThan(250);
  const [hidden] = look(all({ 'cluster.remote.a.proxy_address': 'a:1' }), [
    'cluster.remote.a.proxy_address: ${PROXY}',
    'cluster.remote.a.proxy_address: a:1',
  ]);
  expect(hidden?.seen).toContain('would be ${PROXY} on new-1');
});

it('lets a setting of the whole cluster count, whatever stands in files', () => {
  const key = 'cluster.routing.allocation.awareness.attributes';
  expect(look(all({ [key]: 'zone' }), [], planOf(), { [key]: 'rack' })).toEqual([]);
});
