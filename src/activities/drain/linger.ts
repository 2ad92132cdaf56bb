import type { Client } from '@elastic/elasticsearch';
import type { Lingering } from '../../contract/progress';
import { readJobs, readOpenSearches, type Job } from '../../elasticsearch/looks/dependents';
import type { PlannedNode } from '../../plan/hosts';
import { counted, duration } from '../../text/format';
import type { Deps } from '../deps';

/** Looks at the beginning, and milliseconds between them: what is open at each of them is no search that is being answered. */
const LOOKS = 5;
const LOOK_EVERY_MS = 1_000;

/**
 * What still needs a node when its shards have left: searches that were opened there (scrolls, points in time), which nobody
 * else can go on with, and jobs that run there. For how long the first are kept, their clients alone know, so they get the
 * plan's time; the others are waited for.
 */
export class Linger {
  #seen: Lingering;

  /** @param seconds for which an empty node on which searches were open is left running */
  constructor(
    private readonly node: PlannedNode,
    private readonly seconds: number,
    before: Lingering | undefined,
  ) {
    this.#seen = before ?? { searches: 0 };
  }

  /** What the next call has to know. */
  soFar(): Lingering {
    return this.#seen;
  }

  /** Looks before the first shard leaves: afterwards the node no longer tells. @throws Error when the node does not answer */
  async begin(deps: Deps, client: Client): Promise<void> {
    let least = Infinity;
    for (let look = 1; look <= LOOKS && least > 0; look += 1) {
      if (look > 1) await deps.sleep(LOOK_EVERY_MS);
      least = Math.min(least, (await readOpenSearches(client, this.node.nodeName)).all);
    }
    this.#note(least);
  }

  /** Looks while shards are on the node. @throws Error when the node does not answer */
  async look(client: Client): Promise<void> {
    this.#note((await readOpenSearches(client, this.node.nodeName)).scrolls);
  }

  /** What an empty node is left running for; undefined when there is nothing. @throws Error when the node does not answer */
  async waits(client: Client, now = Date.now()): Promise<string | undefined> {
    const { searches, emptySince = now } = this.#seen;
    this.#seen = { searches, emptySince };
    const { host } = this.node;
    const left = searches > 0 ? this.seconds - (now - emptySince) / 1000 : 0;
    if (left > 0) {
      return `${host} is empty, and had ${counted(searches, 'open search', 'open searches')} (scrolls or points in time), gone once it stops: it is left running for ${duration(left)} more`;
    }
    const [job] = await readJobs(client, this.node.nodeName);
    return job && `${host} is empty, and a job runs on it that would end with it: ${said(job)}`;
  }

  #note(searches: number): void {
    this.#seen = { ...this.#seen, searches: Math.max(this.#seen.searches, searches) };
  }
}

function said({ id, action, seconds }: Job): string {
  return `${action} (${id}), for ${duration(seconds)}. It is waited for; to end it: POST /_tasks/${id}/_cancel`;
}
