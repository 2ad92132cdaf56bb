import { writeFileSync } from 'node:fs';
import { esRequest } from './es';
import { FILES } from './paths';
import { MOVER, moversRole } from './users';

/** Since which major version the lab's mover logs in by an API key; before, by user and password: each is moved by. */
const KEYS_SINCE = 8;

/**
 * Makes the API key by which a cluster of this version is moved, with no more rights than the documented role has.
 * @returns the file in which it lies; nothing where the mover has a password
 */
export async function makeMoverKey(
  endpoint: string,
  esVersion: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (Number.parseInt(esVersion, 10) < KEYS_SINCE) return undefined;
  const body = { name: MOVER, role_descriptors: { [MOVER]: moversRole() } };
  const made = await esRequest<{ id: string; api_key: string }>(endpoint, 'POST', '/_security/api_key', {
    body,
    signal,
  });
  writeFileSync(FILES.moverKey, Buffer.from(`${made.id}:${made.api_key}`).toString('base64'), { mode: 0o600 });
  return FILES.moverKey;
}
