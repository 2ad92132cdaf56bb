import type { Narrator } from './narrator';

/** Things to bring down, newest first; each is tried whatever happens to the others. */
export class Cleanup {
  private readonly actions: { what: string; run: () => Promise<unknown> }[] = [];

  /** Registers before the thing is brought up, so that half of it is brought down too. */
  add(what: string, run: () => Promise<unknown>): void {
    this.actions.push({ what, run });
  }

  /** Leaves everything up. */
  forget(): void {
    this.actions.length = 0;
  }

  /** Brings everything down and tells what could not be. */
  async run(narrator: Narrator): Promise<void> {
    for (const { what, run } of this.actions.splice(0).reverse()) {
      try {
        await run();
      } catch (error) {
        narrator.warn(`could not bring down ${what}: ${(error as Error).message}`);
      }
    }
  }
}
