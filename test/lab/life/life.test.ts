import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askAny, isDone, type Ask } from '../../../lab/life/asker';
import { rollingLog, slowReader, swappedAlias, type Habit } from '../../../lab/life/habits';
import { live } from '../../../lab/life/life';
import { backups, words } from '../../../lab/life/plugged';
import { fallsWithin } from '../../../lab/judge/masters-log';

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));

const node = async (status: number, body = '{}'): Promise<string> => {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const gone = 'http://127.0.0.1:1';

describe('a client that knows every node', () => {
  const { signal } = new AbortController();

  it('asks the next where one is gone, or can not do it now', async () => {
    const ask = askAny([gone, await node(503), await node(200, '{"by":3}')], signal);
    expect(await ask('GET', '/')).toEqual({ by: 3 });
  });

  it('takes a no for a no', async () => {
    const ask = askAny([await node(400, 'resource_already_exists_exception'), await node(200)], signal);
    const error = await ask('PUT', '/x').catch((reason: unknown) => reason);
    expect(isDone(error, 'create')).toBe(true);
    expect(isDone(error, 'delete')).toBe(false);
  });
});

describe('what goes on beside the apps', () => {
  const habit = (turn: () => void): Habit => ({ name: 'one', everyMs: 1, turn: async () => turn() });

  it('counts what went well, and tells what did not, once it is stopped', async () => {
    let turn = 0;
    const odd = () => {
      turn += 1;
      if (turn === 2) throw new Error('the second');
    };
    const life = await live([habit(odd)], (async () => ({})) as unknown as Ask, new AbortController());
    await new Promise((resolve) => setTimeout(resolve, 50));
    const counts = await life.stop();
    expect(counts.turns['one']).toBeGreaterThan(1);
    expect(counts.broken).toEqual([expect.stringMatching(/one: the second$/)]);
    expect(await life.stop()).toBe(counts);
  });

  /** Answers by the beginning of `METHOD PATH`; everything else is an empty answer. */
  const answering = (answers: Record<string, unknown>): Ask =>
    (async (method: string, path: string) =>
      Object.entries(answers).find(([begin]) => `${method} ${path}`.startsWith(begin))?.[1] ?? {}) as Ask;

  it('misses a write that was acknowledged', async () => {
    const log = rollingLog();
    const ask = (count: number) => answering({ 'GET /busy-log-*/_count': { count } });
    await log.turn(ask(1));
    await expect(log.end?.(ask(1))).resolves.toBeUndefined();
    await expect(log.end?.(ask(0))).rejects.toThrow('1 writes were acknowledged, 0 are there');
    await expect(log.end?.(ask(2))).rejects.toThrow('2 are there');
  });

  it('sees an alias that leads nowhere, or to both', async () => {
    const seen = (...indices: string[]) =>
      answering({ 'GET /busy-live/_search': { hits: { hits: indices.map((_index) => ({ _index })) } } });
    await expect(swappedAlias().turn(seen('busy-side-1'))).resolves.toBeUndefined();
    await expect(swappedAlias().turn(seen())).rejects.toThrow('leads to nothing');
    await expect(swappedAlias().turn(seen('busy-side-0', 'busy-side-1'))).rejects.toThrow('busy-side-0,busy-side-1');
  });

  it.each(['scroll', 'point in time'] as const)('sees a %s that ends before its book does', async (by) => {
    const page = (count: number, failed = 0) => {
      const answer = {
        _scroll_id: 's',
        pit_id: 'p',
        _shards: { failed },
        hits: { hits: Array(count).fill({ sort: [1] }) },
      };
      return answering({ 'POST /busy-book-2/_pit': { id: 'p' }, 'POST /': answer });
    };
    const whole = slowReader(by);
    for (let turn = 0; turn < 10; turn++) await whole.turn(page(20));
    const short = slowReader(by);
    await short.turn(page(20));
    await expect(short.turn(page(0))).rejects.toThrow('it gave 20 of 200');
    await expect(slowReader(by).turn(page(5, 1))).rejects.toThrow('it gave 5 of 200');
  });

  it('sees words that became others, and texts that are not found by them', async () => {
    const said = (token: string, count: number) =>
      answering({
        'POST /busy-words/_analyze': { tokens: [{ token }, { token: 'revir' }] },
        'POST /busy-words/_count': { count },
      });
    await expect(words().turn(said('nretnal', 1))).resolves.toBeUndefined();
    await expect(words().turn(said('lanterns', 1))).rejects.toThrow('became "lanterns revir"');
    await expect(words().turn(said('nretnal', 0))).rejects.toThrow('1 texts were written, 0 are found');
  });

  it('sees a snapshot that is not whole, one that gives too little back, and a repository that no node sees', async () => {
    const made = (state: string, { documents = 7, restored = 7, nodes = ['a'] } = {}) =>
      answering({
        'GET /_snapshot/lab-backups/busy-1': { snapshots: [{ state }] },
        'GET /busy-words/_count': { count: documents },
        'GET /busy-restored/_count': { count: restored },
        'POST /_snapshot/lab-backups/_verify': { nodes: Object.fromEntries(nodes.map((name) => [name, {}])) },
      });
    const end = async (ask: Ask) => {
      const habit = backups();
      await habit.turn(ask);
      await habit.end?.(ask);
    };
    await expect(end(made('SUCCESS'))).resolves.toBeUndefined();
    await expect(end(made('PARTIAL'))).rejects.toThrow('snapshot busy-1 is PARTIAL');
    await expect(end(made('SUCCESS', { restored: 6 }))).rejects.toThrow('of 7 documents gave back 6');
    await expect(end(made('SUCCESS', { nodes: [] }))).rejects.toThrow('no node sees the repository');
    await expect(backups().end?.(made('SUCCESS'))).rejects.toThrow('there is no snapshot');
  });
});

it('a cluster that is not green since such an index is made has not fallen', () => {
  const fell = (words: string) => fallsWithin([{ host: 'old-1', at: 5, words }], { from: 1, to: 9 }, []);
  const change = 'Cluster health status changed from [GREEN] to [YELLOW]';
  expect(fell(`${change} (reason: [index [busy-short-7] created]).`)).toEqual([]);
  expect(fell(`${change} (reason: [index [orders-2025] created]).`)).toHaveLength(1);
});
