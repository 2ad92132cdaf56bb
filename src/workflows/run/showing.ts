import { CancellationScope, condition, log } from '@temporalio/workflow';

/**
 * Shows how things stand after all that came at once, and not after each of it: what waited for a worker comes in one
 * activation, thousands of messages maybe, and an activation that takes seconds is ended by force. Only for what leaves no
 * command in the history.
 */
export class Showing {
  private due = false;

  /** @param ways each shows something, whatever becomes of the others */
  constructor(private readonly ways: (() => void)[]) {
    void CancellationScope.nonCancellable(() => this.keepShowing());
  }

  /** Something has changed. */
  changed(): void {
    this.due = true;
  }

  private async keepShowing(): Promise<never> {
    for (;;) {
      // Goes on when every message and answer of the activation has been taken in.
      await condition(() => this.due);
      this.due = false;
      for (const way of this.ways) quietly(way);
    }
  }
}

/** What only shows how things stand must not end a workflow task: the run would hear of nothing any more. */
export function quietly(show: () => void): void {
  try {
    show();
  } catch (error) {
    log.warn('what is known could not be shown', { error });
  }
}
