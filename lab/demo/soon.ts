import { setTimeout as sleep } from 'node:timers/promises';

/** Looks for a minute until it is so. @throws what the last look threw */
export async function soon(look: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + 60_000;
  for (;;) {
    const last = Date.now() > end;
    const so = await look().catch((error: unknown) => {
      if (last) throw error;
      return false;
    });
    if (so || last) return so;
    await sleep(2_000);
  }
}
