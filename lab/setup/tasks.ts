import { MissingError } from './command';

/** One thing to be done, once the things that it needs are. */
interface Entry {
  title: string;
  done: Promise<unknown>;
  seconds: () => string;
  /** False while (or because) something that it needs is not there. */
  begun: () => boolean;
}

/** After the first failure the others get this long to show what else is missing. */
const GRACE_MS = 1_000;

/** Work whose parts run side by side as soon as what they need is there, each with its time. */
export class Tasks {
  private readonly entries: Entry[] = [];
  private readonly failures: unknown[] = [];
  private readonly controller = new AbortController();

  /** @param outer stops the whole work when it aborts */
  constructor(outer?: AbortSignal) {
    if (outer?.aborted) this.controller.abort();
    outer?.addEventListener('abort', () => this.controller.abort(), { once: true });
  }

  /**
   * Starts a part.
   * @param needs results of other parts that must be there before
   * @param run receives a signal that aborts when the work is given up
   */
  add<T>(title: string, needs: Promise<unknown>[], run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    let started: number | undefined;
    let ended: number | undefined;
    const ready = Promise.all(needs);
    const done = ready.then(async () => {
      started = Date.now();
      try {
        return await run(this.controller.signal);
      } catch (error) {
        this.failures.push(error);
        setTimeout(() => this.controller.abort(), GRACE_MS).unref();
        throw error;
      } finally {
        ended = Date.now();
      }
    });
    // Each failure is looked at in `finish`; until then none may count as unhandled.
    done.catch(() => undefined);
    this.entries.push({
      title,
      done,
      seconds: () => (((ended ?? Date.now()) - (started ?? Date.now())) / 1000).toFixed(1),
      begun: () => started !== undefined,
    });
    return done;
  }

  /**
   * Shows the progress until every part has ended.
   * @throws MissingError with everything that is missing, or else the first failure
   */
  async finish(quiet: boolean): Promise<void> {
    if (quiet) await Promise.allSettled(this.entries.map(({ done }) => done));
    else await this.show();
    if (this.failures.length === 0) return;
    const missing = this.failures.filter((failure): failure is MissingError => failure instanceof MissingError);
    if (missing.length > 0) throw new MissingError(missing.flatMap(({ what }) => what));
    throw this.failures[0];
  }

  private async show(): Promise<void> {
    if (!process.stdout.isTTY) {
      await Promise.allSettled(
        this.entries.map(({ title, done, seconds, begun }) =>
          done.then(
            () => console.log(`✔ ${title} (${seconds()} s)`),
            () => console.log(begun() ? `✖ ${title} (${seconds()} s)` : `– ${title} (not begun)`),
          ),
        ),
      );
      return;
    }
    const { Listr } = await import('listr2');
    const list = new Listr(
      this.entries.map(({ title, done, seconds }) => ({
        title,
        task: async (_context: unknown, task: { title?: string }) => {
          await done;
          task.title = `${title} (${seconds()} s)`;
        },
      })),
      { concurrent: true, exitOnError: false, rendererOptions: { showErrorMessage: false, collapseErrors: false } },
    );
    await list.run();
  }
}
