/** Waits without a change after which nothing moves any more. The model changes at once, so a few are enough. */
const MOST_WAITS = 60;

/** Ends a wait for something that never happens in the model. */
export class Patience {
  private waits = 0;

  /** Something has changed: waiting is worth while again. */
  renew(): void {
    this.waits = 0;
  }

  /** Instead of a wait. @throws Error when nothing has changed for many waits */
  async wait(): Promise<void> {
    this.waits += 1;
    if (this.waits > MOST_WAITS) {
      this.waits = 0;
      throw new Error(
        'nothing would move any more: no node of the other side has room for what is left, or may take it',
      );
    }
    // Lets the rest of the worker live between two looks.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
