import type { Client } from '@elastic/elasticsearch';
import type { ShardCopy } from '../../../src/contract/places';
import { Arrivals } from '../../../src/elasticsearch/shards/arrivals';
import { RefusedMoves } from '../../../src/elasticsearch/shards/reroute';
import { groupShards } from '../../../src/elasticsearch/shards/table';
import { whyStuck, type Standstill } from '../../../src/elasticsearch/shards/stuck';

const copy = (change: Partial<ShardCopy> = {}): ShardCopy => ({
  index: 'orders',
  shard: 1,
  primary: true,
  state: 'STARTED',
  node: 'old-1',
  bytes: 4096,
  ...change,
});

/** A cluster that explains every copy alike, and keeps what it was asked. */
function cluster(): { client: Client; asked: unknown[] } {
  const asked: unknown[] = [];
  const request = async ({ body }: { body: ShardCopy }) => {
    asked.push(body);
    return { index: body.index, shard: body.shard, primary: body.primary, current_state: 'started' };
  };
  return { client: { transport: { request } } as unknown as Client, asked };
}

function standstill(change: Partial<Standstill> = {}, table = [copy()]): Standstill {
  return {
    picture: { table, recoveries: [] },
    todo: groupShards(table),
    nowhere: [],
    targets: [{ nodeName: 'new-1', host: 'host-1' }],
    refused: new RefusedMoves(),
    arrivals: new Arrivals(undefined),
    problems: async () => [],
    ...change,
  };
}

describe('whyStuck', () => {
  it('asks for a copy that nobody holds first', async () => {
    const { client, asked } = cluster();
    const lost = copy({ shard: 3, primary: false, state: 'UNASSIGNED', node: undefined });
    await whyStuck(client, standstill({ todo: [] }, [copy(), lost]));
    expect(asked).toEqual([{ index: 'orders', shard: 3, primary: false }]);
  });

  it('names a copy that stands still on its way, without asking why', async () => {
    const { client, asked } = cluster();
    const way = { index: 'orders', shard: 1, type: 'PEER', stage: 'INDEX', from: 'old-1', to: 'new-1' };
    const recoveries = [{ ...way, totalBytes: 4096, recoveredBytes: 1024, operations: 0 }];
    const why = await whyStuck(client, standstill({ picture: { table: [copy()], recoveries } }));
    expect(why?.sentence).toBe(
      'The copy of shard 1 of index orders from old-1 to new-1 stands still at 1.00 KiB of 4.00 KiB (index).',
    );
    expect(why?.action).toContain('Check that old-1 and new-1 reach each other');
    expect(asked).toEqual([]);
  });

  it('tells why the cluster refused the move of a copy that does not begin', async () => {
    const refused = new RefusedMoves();
    const move = { index: 'orders', shard: 1, from: 'old-1', to: 'new-1', bytes: 1 };
    refused.add([{ move, reason: 'too many shards there' }]);
    const why = await whyStuck(cluster().client, standstill({ refused }));
    expect(why?.sentence).toBe('Primary of shard 1 of index orders is started: too many shards there.');
  });

  it('names a shard that no node takes before all else, with the host that has the log', async () => {
    const { client } = cluster();
    const failed = [{ index: 'orders', shard: 1, to: 'new-1', times: 3, at: 0 }];
    const arrivals = new Arrivals({ failed, underWay: [] });
    const nowhere = groupShards([copy(), copy({ shard: 2 })]);
    const lost = copy({ shard: 3, primary: false, state: 'UNASSIGNED', node: undefined });
    const why = await whyStuck(client, standstill({ arrivals, nowhere }, [copy(), lost]));
    expect(why?.sentence).toBe(
      'Primary of shard 1 of index orders is on old-1: the cluster began to move it to new-1 (3 times), and it did not arrive (the cluster itself keeps no reason); so it is with 1 more.',
    );
    expect(why?.action).toMatch(/^Look for \[orders\]\[1\] in the log of Elasticsearch on host-1: /);
  });

  it('says what keeps the proof from holding when every shard is in its place', async () => {
    const problems = async () => ['cluster is yellow', '1 unassigned'];
    const why = await whyStuck(cluster().client, standstill({ todo: [], problems }));
    expect(why?.sentence).toContain("that can't be proven: cluster is yellow; 1 unassigned.");
    expect(await whyStuck(cluster().client, standstill({ todo: [] }))).toBeUndefined();
  });
});
