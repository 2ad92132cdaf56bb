import { isDone, type Ask } from './asker';

/** Something that somebody does again and again; what it throws was broken. */
export interface Habit {
  name: string;
  /** Milliseconds between the end of one turn and the beginning of the next. */
  everyMs: number;
  /** Makes what it needs, once. */
  begin?(ask: Ask): Promise<unknown>;
  turn(ask: Ask): Promise<void>;
  /** Looks at what must be there in the end. */
  end?(ask: Ask): Promise<void>;
}

/** Beginning of the name of every index that is made here. */
export const LIFE = 'busy-';

const ONE_COPY_MORE = { 'index.number_of_shards': 1, 'index.number_of_replicas': 1 };
const PAGES = 10;
const PAGE = 20;

/** What was sent twice may have been done by the first. @throws whatever else was refused */
export async function unlessDone(of: 'create' | 'delete', request: Promise<unknown>): Promise<void> {
  await request.catch((error: unknown) => {
    if (!isDone(error, of)) throw error;
  });
}

async function create(ask: Ask, index: string, more: object = {}): Promise<void> {
  const body = { settings: ONE_COPY_MORE, ...more };
  await unlessDone('create', ask('PUT', `/${index}`, { body }));
}

async function write(ask: Ask, index: string, id: string, body: object): Promise<void> {
  await unlessDone('create', ask('PUT', `/${index}/_create/${id}`, { body }));
}

/** Makes an index, writes into it, and deletes the one of three turns ago. */
export function shortLives(): Habit {
  let made = 0;
  return {
    name: 'indices come and go',
    everyMs: 6_000,
    async turn(ask) {
      const index = `${LIFE}short-${(made += 1)}`;
      await create(ask, index);
      await write(ask, index, '1', { made });
      if (made <= 3) return;
      await unlessDone('delete', ask('DELETE', `/${LIFE}short-${made - 3}`));
    },
  };
}

/** Writes through an alias that rolls over; in the end every acknowledged write must be there once. */
export function rollingLog(): Habit {
  const alias = `${LIFE}log`;
  /** Turns from one rollover to the next. */
  const often = 60;
  let written = 0;
  const first = { aliases: { [alias]: { is_write_index: true } } };
  return {
    name: 'a log that rolls over',
    everyMs: 300,
    begin: (ask) => create(ask, `${alias}-000001`, first),
    async turn(ask) {
      await write(ask, alias, String(written + 1), { number: written + 1 });
      written += 1;
      // By name: sent twice, it rolls over once.
      if (written % often !== 0) return;
      const next = `${alias}-${String(written / often + 1).padStart(6, '0')}`;
      await unlessDone('create', ask('POST', `/${alias}/_rollover/${next}`, { body: { settings: ONE_COPY_MORE } }));
    },
    async end(ask) {
      await ask('POST', `/${alias}-*/_refresh`);
      const { count } = await ask<{ count: number }>('GET', `/${alias}-*/_count`);
      if (count !== written) throw new Error(`${written} writes were acknowledged, ${count} are there`);
    },
  };
}

/** Swaps an alias between two indices, which must be there at every moment, once. */
export function swappedAlias(): Habit {
  const alias = `${LIFE}live`;
  let at = 0;
  const index = (number: number) => `${LIFE}side-${number % 2}`;
  return {
    name: 'an alias that is swapped',
    everyMs: 2_000,
    async begin(ask) {
      for (const number of [0, 1]) {
        await create(ask, index(number));
        await write(ask, index(number), '1', { number });
      }
      await ask('POST', '/_aliases', { body: { actions: [{ add: { index: index(0), alias } }] } });
      await ask('POST', `/${LIFE}side-*/_refresh`);
    },
    async turn(ask) {
      const [from, to] = [index(at), index(at + 1)];
      await ask('POST', '/_aliases', {
        body: { actions: [{ remove: { index: from, alias, must_exist: false } }, { add: { index: to, alias } }] },
      });
      at += 1;
      const { hits } = await ask<{ hits: { hits: { _index: string }[] } }>('GET', `/${alias}/_search`);
      const seen = hits.hits.map(({ _index }) => _index).join();
      if (seen !== to) throw new Error(`the alias leads to ${seen || 'nothing'}, and not to ${to}`);
    },
  };
}

/** A book of many pages, which is read through slowly by a scroll, or by a point in time. */
export function slowReader(by: 'scroll' | 'point in time'): Habit {
  const index = `${LIFE}book-${by === 'scroll' ? 1 : 2}`;
  let reading: { id: string; seen: number; after?: unknown[] } | undefined;
  type Answer = {
    _scroll_id?: string;
    pit_id?: string;
    hits: { hits: { sort?: unknown[] }[] };
    _shards: { failed: number };
  };
  const next = async (ask: Ask): Promise<Answer> => {
    if (by === 'scroll') {
      return reading === undefined
        ? ask<Answer>('POST', `/${index}/_search?scroll=2m`, { body: { size: PAGE, sort: ['number'] } })
        : ask<Answer>('POST', '/_search/scroll', { body: { scroll: '2m', scroll_id: reading.id } });
    }
    const { id } = reading ?? (await ask<{ id: string }>('POST', `/${index}/_pit?keep_alive=2m`));
    const search_after = reading?.after;
    const body = { size: PAGE, pit: { id, keep_alive: '2m' }, sort: ['number'], ...(search_after && { search_after }) };
    return ask<Answer>('POST', '/_search', { body });
  };
  return {
    name: `a ${by} that is read slowly`,
    everyMs: 2_000,
    async begin(ask) {
      await create(ask, index);
      for (let number = 0; number < PAGES * PAGE; number++) await write(ask, index, String(number), { number });
      await ask('POST', `/${index}/_refresh`);
    },
    async turn(ask) {
      const before = reading?.seen ?? 0;
      let answer: Answer;
      try {
        answer = await next(ask);
      } catch (error) {
        reading = undefined;
        throw error;
      }
      const seen = before + answer.hits.hits.length;
      const id = answer._scroll_id ?? answer.pit_id ?? '';
      reading = { id, seen, after: answer.hits.hits.at(-1)?.sort };
      if (answer._shards.failed === 0 && seen < PAGES * PAGE && answer.hits.hits.length > 0) return;
      reading = undefined;
      if (by === 'scroll') await ask('DELETE', '/_search/scroll', { body: { scroll_id: id } });
      else await ask('DELETE', '/_pit', { body: { id } });
      if (seen !== PAGES * PAGE) throw new Error(`it gave ${seen} of ${PAGES * PAGE} documents`);
    },
  };
}

/** Everything that goes on in a busy cluster. */
export const busyHabits = (): Habit[] => [
  shortLives(),
  rollingLog(),
  swappedAlias(),
  slowReader('scroll'),
  slowReader('point in time'),
];
