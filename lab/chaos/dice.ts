import { randomSource } from '../data/generate';

/** Choices that look random and depend on the seed only. */
export class Dice {
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = randomSource(seed);
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + (this.next() % (high - low + 1));
  }

  /** One of the things. @throws Error when there is none */
  pick<T>(things: readonly T[]): T {
    if (things.length === 0) throw new Error('there is nothing to choose from');
    return things[this.between(0, things.length - 1)] as T;
  }

  /** All of them in another order. */
  shuffle<T>(things: readonly T[]): T[] {
    const left = [...things];
    return things.map(() => left.splice(this.between(0, left.length - 1), 1)[0] as T);
  }

  /** So many of them, in the order in which they stand. */
  some<T>(things: readonly T[], count: number): T[] {
    const chosen = new Set(this.shuffle(things.map((_, index) => index)).slice(0, count));
    return things.filter((_, index) => chosen.has(index));
  }
}

/** A seed for one scenario, so that what else is run does not change its choices. */
export function seedOf(seed: number, name: string): number {
  return [...name].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, seed >>> 0);
}
