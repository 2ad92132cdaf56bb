/** Requests that one app host has under way at most: the size of the pool of connections that real clients have. */
export const MOST_IN_FLIGHT = 64;

/**
 * When the next requests are due: an open loop, as with real customers, so that a slow answer does not slow the next
 * request down. Only what the pool does not hold waits, and what is more than a second late is never sent: without a
 * bound, a machine that was busy for a moment would be kept busy by what had piled up.
 */
export class Pace {
  private counted = 0;

  /**
   * @param ratePerSecond requests a second
   * @param started when the first was due, milliseconds
   */
  constructor(
    private readonly ratePerSecond: number,
    private readonly started: number,
  ) {}

  /**
   * How many are to be sent at this moment.
   * @param now milliseconds
   * @param inFlight how many have no answer yet
   */
  due(now: number, inFlight: number): number {
    const all = Math.floor(((now - this.started) / 1000) * this.ratePerSecond);
    this.counted = Math.max(this.counted, all - this.ratePerSecond);
    const count = Math.max(0, Math.min(all - this.counted, MOST_IN_FLIGHT - inFlight));
    this.counted += count;
    return count;
  }
}
