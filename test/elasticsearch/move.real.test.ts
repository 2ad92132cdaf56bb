import type { Client } from '@elastic/elasticsearch';
import { createDrainActivities } from '../../src/activities/drain/activities';
import { createJoinActivities } from '../../src/activities/join/activities';
import { createPreflightClusterActivities } from '../../src/activities/preflight/cluster/activities';
import { createQuorumActivities } from '../../src/activities/switch/quorum';
import { createReplicateActivities } from '../../src/activities/replicate/activities';
import { createRollbackActivities } from '../../src/activities/rollback/activities';
import { createTeardownActivities } from '../../src/activities/teardown/activities';
import type { Activities } from '../../src/contract/activities';
import { readSettings } from '../../src/elasticsearch/settings/settings';
import { YOUNG_SECONDS } from '../../src/elasticsearch/shards/young';
import { groupShards, readShards } from '../../src/elasticsearch/shards/table';
import { readVoting } from '../../src/elasticsearch/quorum';
import { HealthWatch } from './health-watch';
import { RealCluster } from './real-cluster';
import { DOCS, fill, NEW, newHostSays, OLD, recoveredBetween, THIRD, toTheEnd } from './moving';
import { readFileScript } from '../../src/hosts/read-file';
import { testDeps, testPlan, type LocalHosts } from './world';

const VERSION = '7.17.28';
const SETTINGS_BEFORE = { 'cluster.routing.allocation.exclude._name': 'someone-else', 'search.max_buckets': '70000' };

/** A whole move of a real cluster, without hosts: what the cluster's activities promise, seen from outside. */
describe('a real cluster moves', () => {
  let cluster: RealCluster;
  let client: Client;
  let watch: HealthWatch;
  let hosts: LocalHosts;
  let activities: Activities;
  let persistentBefore: Record<string, unknown>;

  beforeAll(async () => {
    cluster = await RealCluster.make(VERSION);
    const seeds = OLD.map((node) => node.address);
    const masters = OLD.map((node) => node.name);
    for (const node of OLD) cluster.start(node, seeds, masters);
    await cluster.waitForNode(OLD[0]!, 2);
    client = cluster.client(OLD[0]!);
    await client.cluster.putSettings({ persistent: SETTINGS_BEFORE });
    await fill(client, 'orders', { number_of_shards: 3, number_of_replicas: 1 });
    await fill(client, '.hidden', { number_of_shards: 1, number_of_replicas: 1, hidden: true });
    await fill(client, 'single', { number_of_shards: 1, number_of_replicas: 0 });
    await fill(client, 'limited', {
      number_of_shards: 2,
      number_of_replicas: 1,
      'routing.allocation.total_shards_per_node': 2,
    });
    // To bigswitch these indices are no newcomers, though this test is quick.
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 2 * YOUNG_SECONDS * 1000);
    const plan = testPlan(OLD, NEW, {
      elasticsearch: { clusterName: 'real', httpPort: cluster.httpPort, transportPort: cluster.transportPort },
      replicate: { proofs: 2, proofIntervalSeconds: 0.5, noReplica: 'temporary-replica' },
      sampleSeconds: 5,
    });
    const world = await testDeps(plan);
    hosts = world.hosts;
    hosts.onApply = (host) => cluster.stop(host);
    hosts.answer = (_host, script) => {
      // Of the old nodes' own file only what it says of security is asked for: nothing.
      if (script === readFileScript(plan.elasticsearch.configFile)) return '';
      return script.includes('is-active') ? 'inactive' : newHostSays(VERSION);
    };
    activities = {
      ...createPreflightClusterActivities(world.deps),
      ...createJoinActivities(world.deps),
      ...createReplicateActivities(world.deps),
      ...createQuorumActivities(world.deps),
      ...createDrainActivities(world.deps),
      ...createTeardownActivities(world.deps),
    } as Activities;
    persistentBefore = (await readSettings(client)).persistent;
  }, 180_000);

  afterAll(async () => {
    jest.restoreAllMocks();
    await watch?.stop();
    await client?.close();
    await cluster?.close();
  }, 60_000);

  it('is looked at before anything is changed', async () => {
    const { facts, checks } = await activities.preflightCluster();
    expect(checks.filter((check) => check.result === 'failed')).toEqual([]);
    expect(checks.find((check) => check.name === 'no-replica')).toMatchObject({ result: 'warn', subject: 'single' });
    expect(facts).toMatchObject({ clusterName: 'real', version: VERSION, nodes: 2, indices: 4, shards: 13 });
    expect(facts.documents).toBe(4 * DOCS);
  }, 60_000);

  it('takes new nodes in without a vote and without data', async () => {
    await activities.prepareClusterForJoin({ throughputMBps: 30 });
    for (const node of NEW)
      cluster.start(
        node,
        OLD.map((one) => one.address),
      );
    await cluster.waitForNode(OLD[0]!, 4);
    watch = new HealthWatch(cluster.client(NEW[0]!));
    const proof = await activities.proveJoin();
    expect(proof.facts).toMatchObject({ nodes: 4 });
    const voting = await readVoting(client);
    expect(voting.excluded).toEqual(['new-1', 'new-2']);
    expect((await readShards(client)).every((copy) => copy.node?.startsWith('old'))).toBe(true);
  }, 180_000);

  it('gets a copy of every shard group on each side, primaries first, and each byte crosses once', async () => {
    // What is still in memory is copied too, and Elasticsearch looks at the size of a store every ten seconds only.
    await client.indices.flush({ index: '*', expand_wildcards: 'all', force: true, wait_if_ongoing: true });
    await new Promise((resolve) => setTimeout(resolve, 11_000));
    const bytes = (await readShards(client)).reduce((sum, copy) => sum + (copy.primary ? copy.bytes : 0), 0);
    // A replica that is being made is yellow: that is why a temporary one has to be asked for in the plan.
    watch.forgive('single');
    await activities.prepareIndices();
    await client.cluster.health({ index: 'single', wait_for_status: 'green', timeout: '20s' });
    watch.watchAgain('single');
    let progress = await activities.replicate({});
    while (!progress.done) progress = await activities.replicate({ since: progress });
    await activities.proveReplicated();
    for (const group of groupShards(await readShards(client))) {
      const primary = group.copies.find((copy) => copy.primary);
      expect(primary?.node).toMatch(/^new/);
      expect(group.copies.filter((copy) => copy.node?.startsWith('old'))).toHaveLength(1);
    }
    const crossed = await recoveredBetween(client, (from, to) => from.startsWith('old') && to.startsWith('new'));
    expect(crossed).toBeGreaterThan(bytes * 0.9);
    expect(crossed).toBeLessThan(bytes * 1.2);
    expect(await recoveredBetween(client, (from, to) => from.startsWith('new') && to.startsWith('old'))).toBe(0);
  }, 120_000);

  it('gives an index that was made meanwhile a copy on each side too', async () => {
    watch.forgive('born-later');
    await client.indices.create({
      index: 'born-later',
      settings: { number_of_shards: 2, number_of_replicas: 1 },
      wait_for_active_shards: 'all',
    });
    watch.watchAgain('born-later');
    let progress = await activities.replicate({});
    while (!progress.done) progress = await activities.replicate({ since: progress });
    const groups = groupShards((await readShards(client)).filter((copy) => copy.index === 'born-later'));
    for (const { copies } of groups) {
      expect(copies.map((copy) => copy.node?.slice(0, 3)).sort()).toEqual(['new', 'old']);
    }
  }, 60_000);

  it('moves the quorum to the new side, back, and there again', async () => {
    await activities.moveQuorum({ to: 'new' });
    expect((await readVoting(client)).master).toMatch(/^new/);
    await activities.moveQuorum({ to: 'old' });
    expect((await readVoting(client)).voters.every((name) => name.startsWith('old'))).toBe(true);
    await activities.moveQuorum({ to: 'new' });
    const again = await activities.moveQuorum({ to: 'new' });
    expect(again).toHaveLength(1);
    expect((await readVoting(client)).voters.every((name) => name.startsWith('new'))).toBe(true);
  }, 120_000);

  it('empties and stops one old node after the other; nothing is rebuilt over the bridge', async () => {
    expect(await activities.drainOrder()).toEqual(['old-1', 'old-2']);
    const before = await recoveredBetween(client, (from, to) => from.slice(0, 3) !== to.slice(0, 3));
    for (const host of ['old-1', 'old-2']) {
      await activities.excludeNode({ host });
      let progress = await activities.drain({ host });
      while (!progress.done) progress = await activities.drain({ host, since: progress });
      if (host === 'old-2') {
        const crossed = (await recoveredBetween(client, (from, to) => from.slice(0, 3) !== to.slice(0, 3))) - before;
        expect(crossed).toBeLessThan(50_000);
      }
      await client.close();
      client = cluster.client(NEW[0]!);
      await activities.stopNode({ host });
      expect(cluster.running(host)).toBe(false);
      await activities.proveDrained({ host });
    }
    expect((await readShards(client)).filter((copy) => copy.index === 'single')).toHaveLength(1);
    const { count } = await client.count({ index: 'orders,.hidden,single,limited', expand_wildcards: 'all' });
    expect(count).toBe(4 * DOCS);
  }, 240_000);

  it('has every setting back as it was, and is green all the time', async () => {
    hosts.answer = () => 'looked';
    await activities.restoreCluster({ migrated: true });
    const settings = await readSettings(client);
    expect(settings.persistent).toEqual(persistentBefore);
    expect(settings.transient).toEqual({});
    expect((await readVoting(client)).excluded).toEqual([]);
    // Replicas that were added for a while went before the end, which the hub keeps: their record was not lost.
    expect([...hosts.records.keys()]).toEqual([
      'settings-before',
      expect.stringMatching(/^ended-cluster-\d+-temporary-replicas$/),
    ]);
    await activities.proveTornDown();
    expect(await watch.stop()).toEqual([]);
    expect(watch.looks).toBeGreaterThan(50);
  }, 120_000);

  it('comes home from a second move after an old node was stopped, green and with every setting as it was', async () => {
    const plan = testPlan(NEW, THIRD, {
      elasticsearch: { clusterName: 'real', httpPort: cluster.httpPort, transportPort: cluster.transportPort },
      replicate: { proofs: 2, proofIntervalSeconds: 0.5 },
      indices: { orders: { replicas: 0 } },
      sampleSeconds: 5,
    });
    const { deps, hosts: ledger } = await testDeps(plan);
    const second = {
      ...createJoinActivities(deps),
      ...createReplicateActivities(deps),
      ...createQuorumActivities(deps),
      ...createDrainActivities(deps),
      ...createTeardownActivities(deps),
      ...createRollbackActivities(deps),
    };
    ledger.onApply = (host) => cluster.stop(host);
    await second.prepareClusterForJoin({ throughputMBps: 30 });
    const neighbours = NEW.map((node) => node.address);
    for (const node of THIRD) cluster.start(node, neighbours);
    await cluster.waitForNode(NEW[0]!, 4);
    await watch?.stop();
    watch = new HealthWatch(cluster.client(NEW[0]!));
    await second.proveJoin();
    await second.prepareIndices();
    await toTheEnd((since) => second.replicate({ since }));
    await second.moveQuorum({ to: 'new' });
    const [stopped = ''] = await second.drainOrder();
    await second.excludeNode({ host: stopped });
    await toTheEnd((since) => second.drain({ host: stopped, since }));
    await client.close();
    client = cluster.client(THIRD[0]!);
    await watch.stop();
    watch = new HealthWatch(cluster.client(THIRD[0]!));
    await second.stopNode({ host: stopped });
    expect(cluster.running(stopped)).toBe(false);
    const planned = [...ledger.records.keys()].filter((name) => name.includes('planned-replicas'));
    expect(planned).toHaveLength(1);

    // The way back: first the node that was stopped, and data for the old side.
    await second.restoreCluster({ phases: ['drain'] });
    await second.moveQuorum({ to: 'new' });
    const seeds = THIRD.map((one) => one.address);
    const again = NEW.find((node) => node.name === stopped)!;
    cluster.start(again, seeds);
    await cluster.waitForNode(THIRD[0]!, 4);
    await second.proveRejoined({ hosts: [stopped] });
    expect((await readShards(client)).filter((copy) => copy.node === stopped)).toEqual([]);
    await client.indices.flush({ index: '*', expand_wildcards: 'all', force: true, wait_if_ongoing: true });
    await toTheEnd((since) => second.replicate({ goal: 'old', since }));
    await second.proveReplicated({ goal: 'old' });
    await second.proveOldNodesServe();
    await second.moveQuorum({ to: 'old' });
    expect(await watch.stop()).toEqual([]);
    await client.close();
    client = cluster.client(NEW[0]!);
    watch = new HealthWatch(cluster.client(NEW[0]!));
    await second.excludeNodes({ hosts: THIRD.map(({ name }) => name) });
    for (const { name: host } of THIRD) {
      await toTheEnd((since) => second.drain({ host, since }));
      await cluster.stop(host);
      await client.cluster.health({ wait_for_nodes: '<=3', wait_for_status: 'green', timeout: '20s' });
    }
    await second.proveGone({ hosts: THIRD.map(({ name }) => name) });
    // What the plan took away comes back, and is yellow until it is there.
    expect(await watch.stop()).toEqual([]);
    await second.restoreCluster({});
    expect((await readSettings(client)).persistent).toEqual(persistentBefore);
    expect((await readVoting(client)).excluded).toEqual([]);
    expect((await readShards(client)).filter((copy) => copy.index === 'orders')).toHaveLength(6);
    expect([...ledger.records.keys()]).toEqual(['settings-before']);
    ledger.answer = (_host, script) =>
      script.includes('base64')
        ? Buffer.from('urls: old').toString('base64')
        : script.includes('is-active')
          ? 'inactive'
          : 'looked';
    const { proven } = await second.proveRolledBack();
    expect(proven).toMatch(/green on its 2 old nodes only, with the settings that it had/);
    // What somebody else changed is told; what is ours must be as it was.
    await client.cluster.putSettings({ persistent: { 'search.max_buckets': '71000' } });
    expect((await second.proveRolledBack()).proven).toContain('Others changed meanwhile: search.max_buckets');
    await client.cluster.putSettings({ persistent: { 'search.max_buckets': '70000' } });
    const { count } = await client.count({ index: 'orders,.hidden,single,limited', expand_wildcards: 'all' });
    expect(count).toBe(4 * DOCS);
  }, 240_000);
});
