import type { Audit } from '../../../src/contract/messages';
import type { Handle } from './lab';

/** The child workflow hears of what its parent was told a moment later. */
export const soon = () => new Promise((resolve) => setTimeout(resolve, 500));

/** What was said to a migration about going back. */
export async function rollbacksOf(handle: Handle): Promise<Audit> {
  return (await handle.query<Audit>('audit')).filter((entry) => entry.kind === 'rollback');
}

/** What the UI shows of a migration. */
export async function currentDetails(handle: Handle): Promise<string> {
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}
