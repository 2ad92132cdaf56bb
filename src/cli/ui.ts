import { z } from 'zod';
import { withoutEnd } from '../text/format';

/** Temporal's own cloud has one UI for all namespaces. */
const CLOUD_UI = 'https://cloud.temporal.io';
const PROBE_MS = 800;

/** What Temporal's UI says of itself; enough to tell it from another program on the same port. */
const uiSettings = z.object({ DefaultNamespace: z.string(), Version: z.string() });

/**
 * Address of the web UI of a server: as it was given; else, for a server on this machine, where one answers beside it
 * (1000 ports up, as the dev server has it; 8080, as docker-compose.yml has it). It is never guessed.
 */
export async function findUi(address: string, given?: string): Promise<string | undefined> {
  if (given) return withoutEnd(given, '/');
  const [host = '', port = ''] = address.split(':');
  if (/\.(tmprl\.cloud|api\.temporal\.io)$/.test(host)) return CLOUD_UI;
  if (!['127.0.0.1', 'localhost'].includes(host)) return undefined;
  for (const candidate of uiCandidates(Number(port))) if (await isUi(candidate)) return candidate;
  return undefined;
}

/** Where the UI of a server on this machine may be. At 8080 only with compose's own port: else it is another server's. */
export function uiCandidates(port: number): string[] {
  const beside = `http://127.0.0.1:${port + 1000}`;
  return port === 7233 ? [beside, 'http://127.0.0.1:8080'] : [beside];
}

async function isUi(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/api/v1/settings`, { signal: AbortSignal.timeout(PROBE_MS) });
    return answer.ok && uiSettings.safeParse(await answer.json()).success;
  } catch {
    return false;
  }
}
