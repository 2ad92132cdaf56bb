import type { Client } from '@elastic/elasticsearch';

/** Seconds until a request counts as failed where no plan says otherwise. */
const REQUEST_SECONDS = 30;
/** How many times longer the answer to a question about every shard or index may take: on a large cluster all nodes work for it. */
const HEAVY_TIMES = 4;

const planned = new WeakMap<Client, number>();

/** The same client, whose requests may take as long as the plan says (`elasticsearch.requestSeconds`). */
export function withRequestSeconds(client: Client, seconds: number): Client {
  planned.set(client, seconds);
  return client;
}

/** How long a request may take. */
export interface Patience {
  milliseconds: number;
  /** What a person may do when that was too short; empty where no plan says how long. */
  remedy: string;
}

/**
 * How long a request of a client may take.
 * @param heavy whether it asks about every shard or index
 */
export function patienceOf(client: Client, heavy: boolean): Patience {
  const seconds = planned.get(client);
  const milliseconds = (seconds ?? REQUEST_SECONDS) * (heavy ? HEAVY_TIMES : 1) * 1000;
  const more = heavy ? `, of which this question gets ${HEAVY_TIMES} times as much` : '';
  const remedy = `; if the cluster only needs longer for it, raise elasticsearch.requestSeconds in the plan (now ${seconds}${more})`;
  return { milliseconds, remedy: seconds === undefined ? '' : remedy };
}
