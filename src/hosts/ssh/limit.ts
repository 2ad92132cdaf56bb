/** Lets at most `width` tasks run at the same time; the others wait in order. */
export class Limit {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private width: number) {}

  /** From now on at most `width` run at the same time, at least one; those that run already go on. */
  narrow(width: number): void {
    this.width = Math.max(1, Math.min(this.width, width));
  }

  /** Runs the task when there is room, and gives back what it gives back. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running < this.width) this.running += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await task();
    } finally {
      // The place goes straight to the next in line, so that nobody who comes later can overtake it.
      const next = this.running <= this.width ? this.waiting.shift() : undefined;
      if (next) next();
      else this.running -= 1;
    }
  }
}
