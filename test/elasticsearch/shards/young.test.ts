import { youngIndices, YOUNG_SECONDS } from '../../../src/elasticsearch/shards/young';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const made = (name: string, at?: number | string) => ({
  name,
  open: true,
  settings: at === undefined ? ({} as Record<string, string>) : { 'index.creation_date': String(at) },
});

test('an index is young for a bounded time, by when it says that it was made', () => {
  const young = youngIndices([made('now', NOW - 14_000), made('edge', NOW - YOUNG_SECONDS * 1000)], NOW);
  expect([...young]).toEqual([['now', 14]]);
});

test('what does not say when it was made, or says what can not be, is as old as any', () => {
  const strange = [made('silent'), made('word', 'yesterday'), made('later', NOW + 1), made('never', 0)];
  expect([...youngIndices(strange, NOW)]).toEqual([]);
});
