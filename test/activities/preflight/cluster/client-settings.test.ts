import { clientSettingsChecks } from '../../../../src/activities/preflight/cluster/client-settings';
import type { NodeKind } from '../../../../src/activities/preflight/cluster/node-kinds';
import { flat } from '../../../../src/elasticsearch/settings/node-settings';
import { testPlan } from '../../../elasticsearch/world';

const HOSTS = [[{ name: 'old-1', address: '198.18.1.11' }], [{ name: 'new-1', address: '198.18.2.11' }]] as const;
const open = testPlan([...HOSTS[0]], [...HOSTS[1]]);
const judges = testPlan([...HOSTS[0]], [...HOSTS[1]], {
  elasticsearch: { clusterName: 'real', auth: { username: 'elastic', password: 'env:PASSWORD' } },
});
const look = (old: Record<string, unknown>, fresh: Record<string, unknown>, plan = open) =>
  clientSettingsChecks(plan, { old: [node('o-1', old)], fresh: [node('new-1', fresh)] }).filter(
    ({ result }) => result !== 'ok',
  );
const node = (name: string, settings: Record<string, unknown>): NodeKind => ({
  ...{ host: name, nodeName: name, roles: [], attributes: {}, settings: flat(settings) },
});
const CORS = { 'http.cors.enabled': 'true', 'http.cors.allow-origin': '*' };
const LOGIN = { 'http.cors.allow-credentials': 'true', 'http.cors.allow-headers': 'Content-Type, Authorization' };

it.each([
  ['http.max_content_length', '200mb'],
  ['http.max_initial_line_length', '16kb'],
  ['http.max_header_size', '32kb'],
  ['http.compression', 'false'],
  ['http.cors.allow-methods', 'GET'],
  ['indices.query.bool.max_clause_count', '8192'],
  ['reindex.remote.whitelist', 'other:9200'],
  ['script.painless.regex.enabled', 'true'],
  ['rest.action.multi.allow_explicit_index', 'false'],
])('says by name that %s is %s on old nodes only', (key, value) => {
  expect(look({ [key]: value }, {})).toMatchObject([
    {
      ...{ name: 'client-settings', subject: key, result: 'failed', waivable: true },
      ...{ seen: expect.stringContaining('o-1'), remedy: expect.stringContaining('elasticsearch.newNodeSettings') },
    },
  ]);
  expect(look({ [key]: value }, { [key]: 'other' })).toHaveLength(1);
  expect(look({ [key]: value }, { [key]: value })).toEqual([]);
});

it.each(['http.port', 'http.type', 'http.publish_host', 'node.name', 'path.data', 'cluster.name', 'xpack.ml.enabled'])(
  'does not compare %s',
  (key) => expect(look({ [key]: 'a' }, { [key]: 'b' })).toEqual([]),
);

it('reads a list in each of its spellings', () => {
  const [a, b, c] = [{ x: ['a', 'b'] }, { x: 'a, b' }, { 'x.0': 'a', 'x.1': 'b' }];
  expect([flat(a), flat(b), flat(c)]).toEqual([{ x: 'a,b' }, { x: 'a,b' }, { x: 'a,b' }]);
});

it('wants a login to be allowed where browsers had none to send', () => {
  expect(look(CORS, CORS)).toMatchObject([
    {
      name: 'front-cors',
      seen: expect.stringContaining('Authorization'),
      remedy: expect.stringContaining('newNodeSettings'),
    },
  ]);
  expect(look(CORS, { ...CORS, ...LOGIN })).toEqual([]);
  expect(look({ ...CORS, 'http.cors.allow-headers': 'Content-Type' }, { ...CORS, ...LOGIN })).toEqual([]);
  expect(look({ ...CORS, 'http.cors.allow-headers': 'X-Mine' }, { ...CORS, ...LOGIN })).toMatchObject([
    { subject: 'http.cors.allow-headers' },
  ]);
  expect(look(CORS, CORS, judges)).toEqual([]);
  expect(look(CORS, {}, judges)).toHaveLength(2);
});

it('says which node takes longer heads of requests than a front', () => {
  const wide = { 'http.max_initial_line_length': '60kb' };
  expect(look(wide, wide)).toMatchObject([{ name: 'front-limits', subject: 'o-1', waivable: true }]);
  const fits = { 'http.max_initial_line_length': '32kb' };
  expect(look(fits, fits)).toEqual([]);
});
