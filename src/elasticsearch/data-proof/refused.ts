import { refusalOf } from '../client/ask';

/**
 * Why documents of an index can't be read, where that is no fault of the copies: somebody closed or blocked it, or the
 * cluster keeps an index of its own to itself.
 * @returns `gone` when it was deleted meanwhile; undefined for every other error: what can't be read is not proven
 */
export function refusedToRead(index: string, error: unknown): string | undefined {
  const refusal = refusalOf(error);
  if (!refusal) return undefined;
  if (refusal.status === 404) return 'gone';
  if (/closed/i.test(refusal.reason)) return 'is closed, so its documents can not be read';
  if (/blocked by/i.test(refusal.reason)) return 'is blocked for reading';
  return index.startsWith('.') ? 'is an index of the cluster itself that it lets nobody read' : undefined;
}
