import { isDone, type Ask } from './asker';
import { LIFE, unlessDone, type Habit } from './habits';

const WORDS = `${LIFE}words`;
const ANALYSIS = {
  filter: {
    backwards: { type: 'lab_backwards' },
    stems: { type: 'hunspell', locale: 'en_LAB' },
    dull: { type: 'stop', stopwords_path: 'lists/stopwords.txt' },
  },
  analyzer: {
    lab: { type: 'custom', tokenizer: 'standard', filter: ['lowercase', 'dull', 'stems', 'backwards'] },
  },
};
const TEXT = 'The lanterns of rivers';
/** What the list leaves of the text, by the dictionary's stems, as the plugin turns them. */
const TOKENS = 'nretnal revir';

/** Writes words that are understood only by a plugin, a dictionary and a list on each node's disk, and looks for them. */
export function words(): Habit {
  let written = 0;
  return {
    name: 'words that only a plugin and a dictionary know',
    everyMs: 1_500,
    async begin(ask) {
      const settings = { 'index.number_of_shards': 2, 'index.number_of_replicas': 1, analysis: ANALYSIS };
      const mappings = { properties: { text: { type: 'text', analyzer: 'lab' } } };
      await unlessDone('create', ask('PUT', `/${WORDS}`, { body: { settings, mappings } }));
    },
    async turn(ask) {
      const id = String(written + 1);
      await unlessDone('create', ask('PUT', `/${WORDS}/_create/${id}?refresh=true`, { body: { text: TEXT } }));
      written += 1;
      const body = { analyzer: 'lab', text: TEXT };
      const { tokens } = await ask<{ tokens: { token: string }[] }>('POST', `/${WORDS}/_analyze`, { body });
      const said = tokens.map(({ token }) => token).join(' ');
      if (said !== TOKENS) throw new Error(`"${TEXT}" became "${said}", and not "${TOKENS}"`);
      // Another form of a word, so that the dictionary is what finds it.
      const query = { match: { text: { query: 'lantern rivers', operator: 'and' } } };
      const { count } = await ask<{ count: number }>('POST', `/${WORDS}/_count`, { body: { query } });
      if (count !== written) throw new Error(`${written} texts were written, ${count} are found by their words`);
    },
  };
}

/** A snapshot is asked for so often, while it is made. */
const LOOK_MS = 500;
const LOOKS = 120;
const REPOSITORY = '/_snapshot/lab-backups';
const RESTORED = `${LIFE}restored`;

/** Takes snapshots, forgets old ones, and in the end takes one back, which must have what it had. */
export function backups(): Habit {
  let made = 0;
  let kept: { name: string; documents: number } | undefined;
  const documents = async (ask: Ask, index: string) => (await ask<{ count: number }>('GET', `/${index}/_count`)).count;
  return {
    name: 'snapshots',
    everyMs: 10_000,
    begin: (ask) => ask('PUT', REPOSITORY, { body: { type: 'fs', settings: { location: 'lab' } } }),
    async turn(ask) {
      const name = `${LIFE}${(made += 1)}`;
      const body = { indices: WORDS, include_global_state: false };
      const least = await documents(ask, WORDS);
      await ask('PUT', `${REPOSITORY}/${name}`, { body }).catch((error: unknown) => {
        if (!/already exists|concurrent_snapshot/.test((error as Error).message)) throw error;
      });
      await whole(ask, name);
      const last = kept;
      kept = { name, documents: least };
      if (last) await gone(ask, last.name);
    },
    async end(ask) {
      if (!kept) throw new Error('there is no snapshot');
      const { nodes } = await ask<{ nodes: object }>('POST', `${REPOSITORY}/_verify`);
      if (Object.keys(nodes).length === 0) throw new Error('no node sees the repository');
      const body = { indices: WORDS, rename_pattern: WORDS, rename_replacement: RESTORED, include_global_state: false };
      await ask('POST', `${REPOSITORY}/${kept.name}/_restore?wait_for_completion=true`, { body });
      const there = await documents(ask, RESTORED);
      await unlessDone('delete', ask('DELETE', `/${RESTORED}`));
      if (there < kept.documents) throw new Error(`a snapshot of ${kept.documents} documents gave back ${there}`);
    },
  };
}

/** Waits until a snapshot is made. @throws Error when it is not whole, or takes more than a minute */
async function whole(ask: Ask, name: string): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    const { snapshots } = await ask<{ snapshots: { state: string }[] }>('GET', `${REPOSITORY}/${name}`);
    const state = snapshots[0]?.state ?? 'unknown';
    if (state === 'SUCCESS') return;
    if (state !== 'IN_PROGRESS') throw new Error(`snapshot ${name} is ${state}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`snapshot ${name} is not made after a minute`);
}

async function gone(ask: Ask, name: string): Promise<void> {
  await ask('DELETE', `${REPOSITORY}/${name}`).catch((error: unknown) => {
    if (!isDone(error, 'delete')) throw error;
  });
}
