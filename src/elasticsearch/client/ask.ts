import { errors, type Client } from '@elastic/elasticsearch';
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import type { z } from 'zod';
import { FAILURES } from '../../contract/failures';
import { cut } from '../../text/harmless';
import { NoAnswer, whyOf } from './no-answer';
import { patienceOf, type Patience } from './patience';

/** One request to a cluster, as on the API's documentation page. */
export interface ClusterRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  query?: Record<string, string | number | boolean>;
  body?: Record<string, unknown>;
  /** Milliseconds until the request counts as failed; default: as the plan says. */
  timeoutMs?: number;
  /** Whether it asks about every shard or index, for which a large cluster needs longer. */
  heavy?: boolean;
}

/** Milliseconds after its time-out when nobody waits for a request any more. */
const GRACE_MS = 5_000;

/** Answers that say "not now" rather than "never". */
const RETRYABLE_STATUS = [408, 429];

/**
 * Sends one request and gives back its answer, proven to have the expected shape.
 * @throws ApplicationFailure ClusterRefused (no retry) when the cluster refuses the request as wrong (4xx)
 * @throws NoAnswer (retry) on a lost connection, a time-out, a 5xx, or an answer that can't be understood
 */
export async function askCluster<T>(client: Client, schema: z.ZodType<T>, request: ClusterRequest): Promise<T> {
  const { method = 'GET', path, query, body, heavy = false } = request;
  const patience = patienceOf(client, heavy);
  const timeoutMs = request.timeoutMs ?? patience.milliseconds;
  const what = `${method} ${path}`;
  let answer: unknown;
  try {
    answer = await within(
      timeoutMs + GRACE_MS,
      client.transport.request(
        { method, path, ...(query && { querystring: query }), ...(body && { body }) },
        { maxRetries: 0, requestTimeout: timeoutMs },
      ),
    );
  } catch (error) {
    // Whoever asked may not act any more: that is no answer of the cluster.
    if (error instanceof TemporalFailure) throw error;
    throw describeFailure(what, error, request.timeoutMs === undefined ? patience : undefined);
  }
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
  throw new NoAnswer(`${what}: the answer can't be understood (${where})`, 'unreadable');
}

/**
 * The client's time-out counts from the moment it has a socket; one that never comes, because a stream through SSH was
 * lost while it was opened, must not hold up an activity for ever.
 */
async function within<T>(milliseconds: number, request: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new errors.TimeoutError(`no answer within ${milliseconds / 1000} s`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([request, late]);
  } finally {
    clearTimeout(timer);
    request.catch(() => undefined);
  }
}

/** Status and reason with which the cluster refused a request; undefined for every other error. */
export function refusalOf(error: unknown): { status: number; reason: string } | undefined {
  if (!(error instanceof ApplicationFailure) || error.type !== FAILURES.CLUSTER_REFUSED) return undefined;
  const [detail] = error.details ?? [];
  return detail as { status: number; reason: string } | undefined;
}

/** Statuses with which a cluster says that it has no such API. */
const NO_SUCH_API = [400, 404, 405];

/** Whether a request failed because the cluster has no such API, as a distribution without lifecycle management. */
export function hasNoSuchApi(error: unknown): boolean {
  return NO_SUCH_API.includes(refusalOf(error)?.status ?? 0);
}

/** Whether a request failed because nobody can use such a feature of the cluster: it has no such API, or its license none. */
export function lacksFeature(error: unknown): boolean {
  const refusal = refusalOf(error);
  return hasNoSuchApi(error) || (refusal?.status === 403 && /license is non-compliant/.test(refusal.reason));
}

/** A failure that no retry can cure, in words for a person. */
export function clusterRefused(message: string, detail?: { status: number; reason: string }): ApplicationFailure {
  return ApplicationFailure.create({
    type: FAILURES.CLUSTER_REFUSED,
    nonRetryable: true,
    message,
    details: detail ? [detail] : [],
  });
}

/** @param patience how long it was waited for, where the plan says that */
function describeFailure(what: string, error: unknown, patience?: Patience): Error {
  if (error instanceof errors.ProductNotSupportedError) {
    return clusterRefused(
      `${what}: this is not an Elasticsearch that bigswitch can speak to (7.17, 8.x and 9.x are); upgrade it first`,
      { status: 0, reason: 'product' },
    );
  }
  if (error instanceof errors.TimeoutError && patience)
    return new NoAnswer(`${what}: no answer within ${patience.milliseconds / 1000} s${patience.remedy}`, 'late');
  if (!(error instanceof errors.ResponseError))
    return new NoAnswer(`${what}: ${(error as Error).message}`, whyOf(error));
  const status = error.statusCode ?? 0;
  const reason = reasonOf(error.body);
  if (status < 400 || status >= 500 || RETRYABLE_STATUS.includes(status)) {
    return new NoAnswer(`${what}: answered ${status}: ${reason}`, 'unwell');
  }
  const remedy =
    status === 401 || status === 403
      ? '; check elasticsearch.auth in the plan: who logs in by it needs the role of examples/role.json'
      : '';
  return clusterRefused(`${what}: refused with ${status}: ${reason}${remedy}`, { status, reason });
}

/** Longest reason that is passed on, in characters. */
const LONGEST_REASON = 600;

/** Characters of a reason that are looked through for those that said no: a list of all deciders has a few thousand. */
const LONGEST_LOOK = 16_384;

/** The reason in an error's body. Of a list of allocation deciders only those that said no. */
export function reasonOf(body: unknown): string {
  const error = (body as { error?: unknown } | undefined)?.error ?? body;
  const deep = error as { reason?: string; root_cause?: { reason?: string }[] } | undefined;
  const told = typeof error === 'string' ? error : (deep?.root_cause?.[0]?.reason ?? deep?.reason ?? 'no reason given');
  const text = cut(typeof told === 'string' ? told : JSON.stringify(told), LONGEST_LOOK);
  const noes = [...text.matchAll(/\[NO\((.*?)\)\](?=\[|$)/g)].map((match) => match[1] ?? '');
  return cut(noes.length > 0 ? noes.join('; ') : text, LONGEST_REASON);
}
