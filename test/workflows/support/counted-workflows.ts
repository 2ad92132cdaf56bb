import { defineQuery, setHandler } from '@temporalio/workflow';
import { migrateCluster as real } from '../../../src/workflows/migrate-cluster';

/** Where the SDK keeps what is shown of a run. */
interface Shown {
  currentDetails: string;
}

/** The real migration, which also answers how often it was shown. */
export async function migrateCluster(input: unknown): Promise<unknown> {
  let showings = 0;
  let details = '';
  const { __TEMPORAL_ACTIVATOR__: shown } = globalThis as unknown as { __TEMPORAL_ACTIVATOR__: Shown };
  Object.defineProperty(shown, 'currentDetails', {
    get: () => details,
    set: (text: string) => {
      showings += 1;
      details = text;
    },
  });
  setHandler(defineQuery<number>('showings'), () => showings);
  return real(input);
}
