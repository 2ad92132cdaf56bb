import { errors } from '@elastic/elasticsearch';

/** Who answered a request, and with which status. */
export interface Outcome {
  status: number;
  endpoint: string;
}

/** An answer that came and is not what a success must be. */
class WrongAnswer extends Error {
  constructor(
    message: string,
    readonly outcome: Outcome,
  ) {
    super(message);
    this.name = 'WrongAnswer';
  }
}

/** What a client's method gives back when it is asked for more than the body. */
interface Answer<T> {
  body: T;
  statusCode: number | null;
  meta: { connection: { url: URL } | null };
}

/** Who answered, and how. @throws WrongAnswer with the same when `check` throws */
export function accepted<T>({ body, statusCode, meta }: Answer<T>, check: (body: T) => void): Outcome {
  const outcome = { status: statusCode ?? 0, endpoint: meta.connection?.url.origin ?? '' };
  try {
    check(body);
  } catch (error) {
    throw new WrongAnswer((error as Error).message, outcome);
  }
  return outcome;
}

/** Turns what the client threw into fields of a request line; the message never holds a password. */
export function describeError(error: unknown): Outcome & { error: string } {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (error instanceof WrongAnswer) return { ...error.outcome, error: message };
  const meta = error instanceof errors.ElasticsearchClientError && 'meta' in error ? error.meta : undefined;
  const known = meta as
    { statusCode?: number | null; meta?: { connection?: { url: URL | string } | null } } | undefined;
  // The client leaves secrets out of its errors, and makes text of addresses with it.
  const url = known?.meta?.connection?.url;
  return {
    status: known?.statusCode ?? 0,
    endpoint: url === undefined ? '' : new URL(url).origin,
    error: message.slice(0, 500),
  };
}
