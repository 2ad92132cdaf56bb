import type { Client } from '@elastic/elasticsearch';
import { goneVoterChecks } from '../../../../src/activities/preflight/cluster/voters';
import { readLifecycle } from '../../../../src/elasticsearch/settings/lifecycle';
import { readTemplates } from '../../../../src/elasticsearch/settings/templates';
import { readFollowers, readRemotes } from '../../../../src/elasticsearch/looks/remotes';
import { readRepositories } from '../../../../src/elasticsearch/looks/repositories';
import { readWatches } from '../../../../src/elasticsearch/looks/watches';
import { readHealth } from '../../../../src/elasticsearch/looks/health';
import { readVoting } from '../../../../src/elasticsearch/quorum';
import { RealCluster, type RealNode } from '../../../elasticsearch/real-cluster';

const nodeOf = (i: number): RealNode => ({ name: `node-${i}`, address: `127.0.5.${10 + i}` });
const NODES: [RealNode, RealNode, RealNode] = [nodeOf(1), nodeOf(2), nodeOf(3)];

/** What preflight alone asks, answered by a real cluster: a part of an answer that is not asked for as it is called is never seen. */
describe('a real cluster that preflight asks', () => {
  let cluster: RealCluster;
  let client: Client;
  const put = (path: string, body: object) => client.transport.request({ method: 'PUT', path, body });

  beforeAll(async () => {
    cluster = await RealCluster.formed(NODES);
    client = cluster.client(NODES[0]);
  }, 240_000);

  afterAll(async () => {
    await client?.close();
    await cluster?.close();
  }, 60_000);

  it('tells what its templates make', async () => {
    const box = { routing: { allocation: { require: { box: 'warm' } } } };
    await put('/_component_template/two', {
      template: { settings: { number_of_replicas: 2, 'index.refresh_interval': '5s' } },
    });
    await put('/_index_template/events', {
      ...{ index_patterns: ['events-*'], priority: 7, composed_of: ['two'] },
      template: { settings: { index: box }, mappings: { properties: { message: { type: 'text' } } } },
    });
    await put('/_template/older', { index_patterns: ['older-*'], settings: { auto_expand_replicas: '1-all' } });
    await put('/_template/unused', { index_patterns: ['events-a*'], settings: { number_of_replicas: 4 } });
    const templates = await readTemplates(client);
    expect(templates).toContainEqual({
      ...{ name: 'events', legacy: false, patterns: ['events-*'], priority: 7, dataStream: false },
      settings: { 'index.number_of_replicas': '2', 'index.routing.allocation.require.box': 'warm' },
    });
    expect(templates).toContainEqual({
      ...{ name: 'older', legacy: true, patterns: ['older-*'], priority: 0, dataStream: false },
      settings: { 'index.auto_expand_replicas': '1-all' },
    });
    expect(templates.map(({ name }) => name)).not.toContain('unused');
  });

  it('has no lifecycle management in this distribution, and so no phases', async () => {
    expect(await readLifecycle(client)).toEqual([]);
  });

  it('tells which other clusters it searches, and that nothing of them is followed in this distribution', async () => {
    expect(await readRemotes(client)).toEqual(new Map());
    const seeds = (value: string[] | null) =>
      put('/_cluster/settings', { persistent: { 'cluster.remote.other.seeds': value } });
    await seeds(['127.0.5.99:1']);
    expect(await readRemotes(client)).toEqual(new Map([['other', ['127.0.5.99:1']]]));
    await seeds(null);
    expect(await readFollowers(client)).toEqual([]);
  });

  it('has no repositories, and no watches in this distribution', async () => {
    expect(await readRepositories(client)).toEqual([]);
    expect(await readWatches(client)).toEqual({ count: 0, looked: 0, watches: [] });
  });

  it('tells how long its tasks wait', async () => {
    expect((await readHealth(client)).task_max_waiting_in_queue_millis).toBeGreaterThanOrEqual(0);
  });

  it('lets a voter go that is lost, by what the remedy says', async () => {
    const { master } = await readVoting(client);
    const lost = NODES.slice(1).find(({ name }) => name !== master)!;
    await cluster.stop(lost.name);
    await cluster.waitForNode(NODES[0], 2);
    const [check] = await goneVoterChecks(client);
    expect(check).toMatchObject({ name: 'gone-voters', waivable: false, seen: expect.stringContaining('2 of 3') });
    const requests = [...(check?.remedy ?? '').matchAll(/(POST|DELETE) ([^\s,]+)/g)];
    expect(requests).toHaveLength(2);
    for (const [, method = '', request = ''] of requests) {
      const { pathname: path, searchParams } = new URL(request, 'http://node');
      await client.transport.request({ method, path, querystring: Object.fromEntries(searchParams) });
    }
    expect(await goneVoterChecks(client)).toMatchObject([{ result: 'ok' }]);
    expect(await readVoting(client)).toMatchObject({ gone: [], excluded: [] });
  });
});
