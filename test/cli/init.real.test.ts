import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPlan } from '../../src/plan/load';
import { RealCluster } from '../elasticsearch/real-cluster';
import { run } from './terminal';

/** Loopback addresses that no other test's cluster has. */
const NODES = [
  { name: 'Node_1', address: '127.0.7.1' },
  { name: 'node-2', address: '127.0.7.2' },
];

let cluster: RealCluster;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bigswitch-init-'));
  cluster = await RealCluster.make('7.17.28');
  const names = NODES.map(({ name }) => name);
  for (const node of NODES) {
    cluster.start(
      node,
      NODES.map(({ address }) => address),
      names,
    );
  }
  await cluster.waitForNode(NODES[0]!, 2);
  const client = cluster.client(NODES[0]!);
  // It has two copies here, and shrinks to one where there is one node.
  await client.indices.create({ index: 'shrinks', settings: { auto_expand_replicas: '0-1' } });
  for (const index of ['orders', 'shut']) {
    await client.indices.create({ index, settings: { number_of_shards: 1, number_of_replicas: 1 } });
  }
  await client.cluster.health({ wait_for_status: 'green', timeout: '60s' });
  await client.indices.close({ index: 'shut' });
  await client.cluster.health({ wait_for_status: 'green', timeout: '60s' });
  // Three copies can't be on two nodes.
  await client.indices.create({
    index: 'lacking',
    settings: { number_of_shards: 1, number_of_replicas: 2 },
    wait_for_active_shards: 2,
  });
}, 180_000);

afterAll(async () => {
  await cluster?.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test('--from reads nodes, addresses and ports from a live cluster, and names what to look at first', async () => {
  const file = join(folder, 'plan.yaml');
  const { code, stdout, stderr } = await run([
    ...['init', file, '--from', `http://${NODES[0]!.address}:${cluster.httpPort}`, '--name', 'shop'],
    ...['--hub', '10.0.1.5', '--new', 'new-1=10.0.2.11', '--app', 'app-1=10.0.3.11', '--app-config', '/etc/shop.json'],
    ...['--app-set', 'urls={{urls}}', '--app-restart', 'restart', '--app-check', 'check'],
  ]);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^real: 2 nodes, \d+ indices, yellow\n$/)]);
  expect(loadPlan(file)).toMatchObject({
    elasticsearch: { clusterName: 'real', httpPort: cluster.httpPort, transportPort: cluster.transportPort },
    hosts: {
      old: [
        { name: 'node-1', address: '127.0.7.1', nodeName: 'Node_1' },
        { name: 'node-2', address: '127.0.7.2' },
      ],
    },
  });
  expect(stdout).toContain('index shut is closed: open or delete it before the migration\n');
  expect(stdout).toContain('index orders has 2 copies of each shard, and there are 1 new nodes');
  expect(stdout).toContain('index lacking lacks 1 started copy: find out why\n');
  expect(stdout).not.toContain('index shrinks');
  expect(readFileSync(file, 'utf8')).toContain('# Look at this first: index shut is closed');
});

test('a cluster that is not reached is said by its address, with what to do', async () => {
  const { code, stderr } = await run(['init', join(folder, 'none.yaml'), '--from', 'http://127.0.0.1:1']);
  expect([code, stderr]).toEqual([3, expect.stringContaining("The cluster at http://127.0.0.1:1/ can't be read: ")]);
  expect(stderr).toContain('ssh -NL 9200:ADDRESS:9200 HOST');
});
