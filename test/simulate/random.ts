/**
 * A number from 0 to below 1 that only depends on what it is of: what happens to one call stays the same when another one is
 * taken out of a scenario, so that a failing one can be shrunk.
 */
export function chance(...of: (string | number)[]): number {
  // FNV-1a over the words, then the finish of MurmurHash3, so that neighbours differ in every bit.
  let hash = 0x811c9dc5;
  for (const char of of.join('|')) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A row of numbers that only depends on what it is of. */
export class Dice {
  private throws = 0;
  private readonly of: string;

  constructor(...of: (string | number)[]) {
    this.of = of.join('|');
  }

  /** From 0 to below 1. */
  next(): number {
    return chance(this.of, ++this.throws);
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** True in this share of all throws. */
  is(share: number): boolean {
    return this.next() < share;
  }

  /** One of them. @throws Error when there is none */
  oneOf<T>(all: readonly T[]): T {
    const one = all[Math.floor(this.next() * all.length)];
    if (one === undefined) throw new Error('there is nothing to choose from');
    return one;
  }
}
