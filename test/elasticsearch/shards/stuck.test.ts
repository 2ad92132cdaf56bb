import type { Client } from '@elastic/elasticsearch';
import type { ShardCopy } from '../../../src/contract/places';
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
    targets: ['new-1'],
    refused: new RefusedMoves(),
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

  it('says what keeps the proof from holding when every shard is in its place', async () => {
    const problems = async () => ['cluster is yellow', '1 unassigned'];
    const why = await whyStuck(cluster().client, standstill({ todo: [], problems }));
    expect(why?.sentence).toContain("that can't be proven: cluster is yellow; 1 unassigned.");
    expect(await whyStuck(cluster().client, standstill({ todo: [] }))).toBeUndefined();
  });
});
