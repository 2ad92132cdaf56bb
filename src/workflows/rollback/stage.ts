import type { Migration } from '../run/migration';
import { now } from '../state/state';

/** Does a stage once; when it fails, the run waits for a person, and goes on with the same stage. */
export async function stage(m: Migration, what: string, run: () => Promise<void>): Promise<void> {
  const { rolledBack } = m.state.data;
  if (rolledBack.some((one) => one.what === what)) return;
  m.state.set({ doing: `rolling back: ${what}`, rollbackStage: what, progress: undefined });
  const startedAt = now();
  await m.control.insist(`rollback, ${what}`, run);
  m.state.set({
    rolledBack: [...rolledBack, { what, startedAt, endedAt: now() }],
    rollbackStage: undefined,
    progress: undefined,
  });
}
