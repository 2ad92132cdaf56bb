import { createHash } from 'node:crypto';

/**
 * SHA-256 (hex) of a document in a form that does not depend on the order of its keys: what the shop's ledger keeps of
 * an acknowledged write, and what a judge compares with the document found later.
 */
export function canonicalHash(body: unknown): string {
  return createHash('sha256').update(canonical(body)).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
