const WORDS =
  'amber basket cedar delta ember fabric garden harbor island jasper kettle lantern meadow nectar orchard pepper quartz river saddle timber umber velvet willow yarrow zephyr anchor bridge copper dapple engine'.split(
    ' ',
  );
const STATUSES = ['open', 'paid', 'sent', 'returned'];
/** 2024-01-01T00:00:00Z: documents count their minutes from here, so that the same seed gives the same bytes. */
const EPOCH = Date.UTC(2024, 0, 1);

/** Numbers from 0 to 2³²-1 that depend on the seed only (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return (value ^ (value >>> 14)) >>> 0;
  };
}

/** One document of 0.5 to 1 KB; depends on index, number and seed only. */
export function generateDocument(index: string, number: number, seed: number): Record<string, unknown> {
  const random = randomSource(seed + number * 2_654_435_761 + index.length * 97);
  const words = 60 + (random() % 60);
  const text: string[] = [];
  for (let i = 0; i < words; i++) text.push(WORDS[random() % WORDS.length] ?? '');
  return {
    number,
    category: `category-${random() % 40}`,
    status: STATUSES[random() % STATUSES.length],
    total: random() % 1_000,
    at: new Date(EPOCH + number * 60_000).toISOString(),
    title: text.slice(0, 6).join(' '),
    text: text.join(' '),
  };
}

/** Body of a bulk request for the documents `from` to `to` (exclusive) of an index; ids are `INDEX-NUMBER`. */
export function bulkBody(index: string, from: number, to: number, seed: number): string {
  const lines: string[] = [];
  for (let number = from; number < to; number++) {
    lines.push(`{"index":{"_id":"${index}-${number}"}}`, JSON.stringify(generateDocument(index, number, seed)));
  }
  return `${lines.join('\n')}\n`;
}
