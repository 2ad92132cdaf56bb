import type { Client } from '@elastic/elasticsearch';

/** Adds, changes and deletes documents of one index without a pause. */
export function startWriter(client: Client, index: string): { stop(): Promise<number> } {
  let stopped = false;
  let writes = 0;
  const done = (async () => {
    for (let round = 0; !stopped; round += 1) {
      const operations = Array.from({ length: 20 }, (_, i) => {
        const id = `live-${(round * 7 + i) % 60}`;
        return i % 5 === 4 ? [{ delete: { _id: id } }] : [{ index: { _id: id } }, { round, i }];
      }).flat();
      // Those that apps read and change over and over are among the sampled ones too.
      operations.push({ index: { _id: String(round % 300) } }, { round, i: -1 });
      await client.bulk({ index, operations });
      writes += 21;
    }
  })();
  return {
    async stop() {
      stopped = true;
      await done;
      await client.close();
      return writes;
    },
  };
}
