import type { Client } from '@elastic/elasticsearch';
import { withRequestSeconds } from '../../../src/elasticsearch/client/patience';
import { readVolume } from '../../../src/elasticsearch/looks/documents';
import { readHealth } from '../../../src/elasticsearch/looks/health';
import { readDisks } from '../../../src/elasticsearch/looks/nodes';
import { readIndices } from '../../../src/elasticsearch/settings/settings';
import { readRecoveries } from '../../../src/elasticsearch/shards/recovery';
import { readShards } from '../../../src/elasticsearch/shards/table';

/** Seconds that the first request of a look may take. @param answer to it, from which the look goes on */
async function secondsOf(look: (client: Client) => Promise<unknown>, answer?: object): Promise<number[]> {
  const seconds: number[] = [];
  const request = async (_what: object, { requestTimeout }: { requestTimeout: number }) => {
    seconds.push(requestTimeout / 1000);
    if (answer === undefined || seconds.length > 1) throw new Error('no more is asked here');
    return answer;
  };
  const client = withRequestSeconds({ transport: { request } } as unknown as Client, 45);
  await expect(look(client)).rejects.toThrow();
  return seconds;
}

test.each([
  ['disks', readDisks],
  ['recoveries', readRecoveries],
  ['indices', readIndices],
  ['documents', readVolume],
])('what is asked of every shard or index may take four times as long: %s', async (_what, look) => {
  expect(await secondsOf(look)).toEqual([180]);
});

test('so it is with both questions for the shard table', async () => {
  expect(await secondsOf(readShards, { nodes: {} })).toEqual([180, 180]);
});

test('and not with others', async () => {
  expect(await secondsOf(readHealth)).toEqual([45]);
});
