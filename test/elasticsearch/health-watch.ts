import type { Client } from '@elastic/elasticsearch';

/** Looks at the health every 200 ms, from outside the product, and keeps every moment that was not green. */
export class HealthWatch {
  looks = 0;
  readonly #forgiven = new Set<string>();
  readonly #below: string[] = [];
  #stopped = false;
  readonly #done: Promise<void>;

  constructor(private readonly client: Client) {
    this.#done = this.#run();
  }

  /** A new index is yellow until its replica is there, whoever made it. */
  forgive(index: string): void {
    this.#forgiven.add(index);
  }

  /** From here on the index counts again. */
  watchAgain(index: string): void {
    this.#forgiven.delete(index);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      // An answer is of a moment before it comes: what was forgiven when it was asked for still is.
      const forgiven = new Set(this.#forgiven);
      try {
        const health = await this.client.cluster.health({ level: 'indices', expand_wildcards: 'all', timeout: '5s' });
        const bad = Object.entries(health.indices ?? {}).filter(
          ([name, one]) => one.status !== 'green' && !forgiven.has(name) && !this.#forgiven.has(name),
        );
        this.looks += 1;
        for (const [name, one] of bad) this.#below.push(`${new Date().toISOString()} ${name} ${one.status}`);
      } catch (error) {
        // For a moment there is no elected master while the quorum turns; that is no look, and no health either.
        if (!/master|503|408/.test(String(error))) this.#below.push(String(error));
      }
      await new Promise((next) => setTimeout(next, 200));
    }
    await this.client.close();
  }

  /** Ends the watch. @returns every moment that was not green */
  async stop(): Promise<string[]> {
    this.#stopped = true;
    await this.#done;
    return this.#below;
  }
}
