import { parse } from 'yaml';
import { draftPlan, planYaml, type PlanAnswers } from '../../src/plan/draft';
import { hostName, oldHostsOf, portsOf, risksOf } from '../../src/cli/init/draft-live';
import type { LiveCluster } from '../../src/elasticsearch/looks/live-cluster';
import { parsePlan } from '../../src/plan/parse';

const answers: PlanAnswers = {
  name: 'shop',
  clusterName: 'shop',
  hub: ['10.0.1.5', '10.0.2.5'],
  old: [{ name: 'old-1', address: '10.0.1.11', nodeName: 'Node_1' }],
  new: [{ name: 'new-1', address: '10.0.2.11' }],
  apps: [
    { name: 'app-1', address: '10.0.3.11' },
    { name: 'app-2', address: '10.0.3.12' },
  ],
  app: { path: '/etc/shop.yaml', format: 'yaml', set: { 'es.urls': '{{urls}}' }, restart: 'a', check: 'b' },
  sshKey: 'file:/keys/id',
  knownHosts: 'file:/keys/known_hosts',
  front: {
    chain: '/etc/front.crt',
    key: '/etc/front.key',
    caFile: '/etc/ca.crt',
    username: 'shop',
    password: 'env:FRONT',
  },
};

const live: LiveCluster = {
  clusterName: 'shop',
  status: 'green',
  nodes: ['Node_1', 'node-1', 'node-2'].map((name, i) => ({
    id: `id${i}`,
    name,
    version: '7.17.28',
    roles: ['master', 'data'],
    transport: `10.0.1.1${i}:9300`,
    http: `10.0.1.1${i}:9200`,
  })),
  indices: [{ name: 'orders', open: true, copies: 2, missing: 0 }],
};

describe('the plan of the answers', () => {
  it('is a plan, and its YAML says the same with a comment at each part', () => {
    const plan = draftPlan(answers);
    expect(parsePlan(plan)).toMatchObject({ name: 'shop', elasticsearch: { httpPort: 9200 } });
    const text = planYaml(plan, ['index big has 3 copies']);
    expect(parse(text)).toEqual(plan);
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./plan.schema.json');
    expect(text).toContain('# Look at this first: index big has 3 copies\n');
    for (const part of ['name:', '  hub:', '  old:', '  new:', '  apps:', 'front:']) {
      const lines = text.split('\n');
      expect(lines[lines.findIndex((line) => line.startsWith(part)) - 1]).toMatch(/^ *# /);
    }
    // No anchors: each app host is to be edited by itself.
    expect(text).not.toContain('&');
  });

  it('names ports and the user of the cluster only where they are not the usual ones', () => {
    expect(draftPlan({ ...answers, ports: { http: 9200, transport: 9300 } }).elasticsearch).toEqual({
      clusterName: 'shop',
    });
    const auth = { username: 'elastic', password: 'env:ES' };
    expect(draftPlan({ ...answers, ports: { http: 9201, transport: 9301 }, auth }).elasticsearch).toEqual({
      clusterName: 'shop',
      httpPort: 9201,
      transportPort: 9301,
      auth,
    });
  });
});

describe('what a live cluster says', () => {
  it('becomes hosts with names that a plan takes, each once', () => {
    expect(oldHostsOf(live)).toEqual([
      { name: 'node-1', address: '10.0.1.10', nodeName: 'Node_1' },
      { name: 'node-1-2', address: '10.0.1.11', nodeName: 'node-1' },
      { name: 'node-2', address: '10.0.1.12' },
    ]);
    expect([hostName('My.Cluster_1'), hostName('--')]).toEqual(['my-cluster-1', '']);
  });

  it('is refused where ports differ', () => {
    expect(portsOf(live)).toEqual({ http: 9200, transport: 9300 });
    const [first, ...others] = live.nodes;
    const nodes = [{ ...first!, http: '10.0.1.10:9201' }, ...others];
    expect(() => portsOf({ ...live, nodes })).toThrow('different http ports (9201, 9200)');
  });

  it('becomes risks by name, with what to do', () => {
    expect(risksOf(live, 2, 'http://10.0.1.11:9200')).toEqual([]);
    expect(risksOf(live, 2, 'https://10.0.1.11:9200')).toEqual([
      expect.stringContaining('take elasticsearch.https out'),
    ]);
    const worse: LiveCluster = {
      ...live,
      status: 'yellow',
      nodes: [{ ...live.nodes[0]!, version: '7.17.1' }, ...live.nodes.slice(1)],
      indices: [
        { ...live.indices[0]!, missing: 1 },
        { name: 'old', open: false, copies: 1, missing: 2 },
      ],
    };
    expect(risksOf(worse, 1)).toEqual([
      'the cluster is yellow: make it green before the migration',
      'index orders lacks 1 started copy: find out why',
      'index old lacks 2 started copies: find out why',
      'nodes have different versions (7.17.1, 7.17.28): bring all to one',
      'index orders has 2 copies of each shard, and there are 1 new nodes: set indices."orders".replicas: 0, or add new hosts',
      'index old is closed: open or delete it before the migration',
    ]);
  });
});

test('a cluster that was read by https is moved by https', () => {
  const plan = draftPlan({ ...answers, https: { ca: 'file:/keys/nodes-ca.crt' } });
  expect(parsePlan(plan).elasticsearch.https).toEqual({ ca: 'file:/keys/nodes-ca.crt' });
  expect(parsePlan(draftPlan(answers)).elasticsearch.https).toBeUndefined();
});
