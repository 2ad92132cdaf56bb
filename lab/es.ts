import { readFileSync } from 'node:fs';
import { Agent } from 'undici';
import { FILES } from './paths';
import { OPERATOR, operatorPassword } from './users';

/** How a request to Elasticsearch is made. */
export interface EsRequestOptions {
  /** An object is sent as JSON, text as it is (bulk). */
  body?: unknown;
  /** Milliseconds; default 60,000. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/**
 * One request to a node of the lab. Plain HTTP without the client, so that the lab judges by what a node really answers.
 * @throws Error with status and answer unless it is a 2xx with JSON
 */
export async function esRequest<T = unknown>(
  endpoint: string,
  method: string,
  path: string,
  { body, timeoutMs = 60_000, signal }: EsRequestOptions = {},
): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const { dispatcher, ...login } = endpoint.startsWith('https:') ? securedRequest() : {};
  const type = { 'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json' };
  const response = await fetch(`${endpoint}${path}`, {
    method,
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    headers: { ...login, ...(body !== undefined && type) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    dispatcher,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${endpoint}${path} answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}

let trusting: { ca: string; agent: Agent } | undefined;

/** How a node of a secured cluster is asked: as the operator, by the lab's CA of today. */
function securedRequest(): { authorization: string; dispatcher: Agent } {
  const ca = readFileSync(FILES.caCertificate, 'utf8');
  if (trusting?.ca !== ca) trusting = { ca, agent: new Agent({ connect: { ca } }) };
  const login = Buffer.from(`${OPERATOR}:${operatorPassword()}`).toString('base64');
  return { authorization: `Basic ${login}`, dispatcher: trusting.agent };
}

/** A node that has formed a cluster of so many nodes answers; anything else is asked again until the deadline. */
export async function waitForCluster(
  endpoints: string[],
  nodes: number,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last = 'no answer yet';
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    try {
      const path = `/_cluster/health?wait_for_nodes=${nodes}&timeout=5s`;
      const answers = await Promise.all(
        endpoints.map((endpoint) =>
          esRequest<{ number_of_nodes: number; timed_out: boolean }>(endpoint, 'GET', path, {
            timeoutMs: 8_000,
            signal,
          }),
        ),
      );
      if (answers.every((answer) => answer.number_of_nodes === nodes && answer.timed_out === false)) return;
      last = `nodes seen: ${answers.map((answer) => answer.number_of_nodes).join(', ')}`;
    } catch (error) {
      last = describe(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error(
    `the old cluster did not form in ${timeoutMs / 1000} s (${last}); see: scripts/lab ssh old-1 journalctl -u elasticsearch`,
  );
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
