/** Virtual time: what is to come, in order. Two things of the same moment come in the order in which they were said. */
export class Clock {
  /** Ms since the epoch. */
  now: number;
  private order = 0;
  private readonly heap: { at: number; order: number; run: () => void }[] = [];

  constructor(start: number) {
    this.now = start;
  }

  /** Does something later. @param ms from now on, 0 or more */
  after(ms: number, run: () => void): void {
    const { heap } = this;
    heap.push({ at: this.now + Math.max(0, Math.round(ms)), order: ++this.order, run });
    for (let i = heap.length - 1; i > 0;) {
      const up = (i - 1) >> 1;
      if (!this.before(i, up)) break;
      this.swap(i, up);
      i = up;
    }
  }

  /** Goes on to what comes next, and does it. @returns false when nothing is to come */
  step(): boolean {
    const { heap } = this;
    const [next] = heap;
    const last = heap.pop();
    if (!next || !last) return false;
    if (heap.length > 0) {
      heap[0] = last;
      this.sink();
    }
    this.now = next.at;
    next.run();
    return true;
  }

  private sink(): void {
    for (let i = 0; ;) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      let first = i;
      if (left < this.heap.length && this.before(left, first)) first = left;
      if (right < this.heap.length && this.before(right, first)) first = right;
      if (first === i) return;
      this.swap(i, first);
      i = first;
    }
  }

  private before(one: number, other: number): boolean {
    const [a, b] = [this.heap[one], this.heap[other]];
    return a !== undefined && b !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order));
  }

  private swap(one: number, other: number): void {
    const [a, b] = [this.heap[one], this.heap[other]];
    if (a && b) [this.heap[one], this.heap[other]] = [b, a];
  }
}
