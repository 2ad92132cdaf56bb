import { z } from 'zod';
import { askCluster, refusalOf } from '../../../src/elasticsearch/client/ask';
import { FAILURES } from '../../../src/contract/failures';
import * as lies from '../../support/cluster/lies';
import type { Lie } from '../../support/cluster/cluster';
import { simulatedWorld } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

const schema = z.object({ cluster_name: z.string() });
const ask = (lie: Lie) => {
  const { cluster } = simulatedWorld('joined', { lies: [lie] });
  return askCluster(cluster.access.via('old-1'), schema, { path: '/_cluster/health' });
};

test('gives back what was asked for, and nothing that was not', async () => {
  await expect(ask(() => undefined)).resolves.toEqual({ cluster_name: 'shop' });
});

/** "Not now": the next try may be answered. Everything else of 4xx is "never". */
const AGAIN = [300, 302, 408, 429, 500, 501, 502, 503, 504, 599];
const NEVER = [400, 401, 403, 404, 405, 406, 409, 410, 411, 413, 415, 422];

test.each(AGAIN)('asks again after %i', async (status) => {
  const error: unknown = await ask(lies.status(status)).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(Error);
  expect([(error as { nonRetryable?: boolean }).nonRetryable, refusalOf(error)]).toEqual([undefined, undefined]);
});

test.each(NEVER)('takes %i for a refusal that no retry can cure', async (status) => {
  const error: unknown = await ask(lies.status(status)).catch((one: unknown) => one);
  expect(error).toMatchObject({ type: FAILURES.CLUSTER_REFUSED, nonRetryable: true });
  expect(refusalOf(error)).toEqual({ status, reason: `it answers ${status}` });
});

const UNREADABLE: [string, Lie][] = [
  ['html', lies.html],
  ['another shape', lies.wrongShape],
  ['nothing', lies.empty],
  ['a list', () => ({ status: 200, body: '[]' })],
  ['null', () => ({ status: 200, body: 'null' })],
  ['a number where a text is', () => ({ status: 200, body: '{"cluster_name":1}' })],
  ['a lost connection', lies.lost],
];
test.each(UNREADABLE)('does not believe %s, and asks again', async (_what, lie) => {
  const error: unknown = await ask(lie).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(Error);
  expect((error as { nonRetryable?: boolean }).nonRetryable).not.toBe(true);
});

test('believes no answer that was cut, wherever it was', async () => {
  const whole = JSON.stringify({ cluster_name: 'shop', nodes: { a: { name: 'é' } } });
  for (let end = 0; end < whole.length; end += 1) {
    await expect(ask(() => ({ status: 200, body: whole.slice(0, end) }))).rejects.toThrow();
  }
});
