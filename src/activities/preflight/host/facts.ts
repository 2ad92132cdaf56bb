import { fileBytes, fileText } from '../../../hosts/read-file';

/** What a host said in answer to `preflightScript`: lines of `key=value`. What it did not say is unknown, never good. */
export class HostFacts {
  private readonly values = new Map<string, string[]>();

  constructor(output: string) {
    for (const line of output.split('\n')) {
      const [, key, value] = /^([A-Za-z-]+)=(.*)$/.exec(line) ?? [];
      if (key === undefined || value === undefined) continue;
      const said = this.values.get(key);
      if (said) said.push(value.trim());
      else this.values.set(key, [value.trim()]);
    }
  }

  /** Whether the script came to its end. */
  get complete(): boolean {
    return this.values.has('end');
  }

  /** Every value of a key, in the order in which they were said. */
  all(key: string): string[] {
    return this.values.get(key) ?? [];
  }

  /** The last value of a key. */
  one(key: string): string | undefined {
    return this.all(key).at(-1);
  }

  /** A file's bytes; undefined when there is no such file, or it was not looked at. */
  bytes(key: string): Buffer | undefined {
    const value = this.file(key);
    return value === undefined ? undefined : fileBytes(value);
  }

  /** A file's text; undefined as above. @throws ConfigEditError when it is no UTF-8 */
  text(key: string): string | undefined {
    const value = this.file(key);
    return value === undefined ? undefined : fileText(value);
  }

  private file(key: string): string | undefined {
    const value = this.one(key);
    return value === '-' ? undefined : value;
  }
}

/** How far a host's clock is ahead of the worker's, in seconds, and how far off this figure may be. */
export interface ClockSkew {
  seconds: number;
  plusMinus: number;
}

/**
 * The skew by the midpoints of what the host and the worker saw.
 * @param sentMs worker's clock when the script was sent
 * @param receivedMs worker's clock when its answer was there
 * @returns undefined when the host did not say its time
 */
export function clockSkew(facts: HostFacts, sentMs: number, receivedMs: number): ClockSkew | undefined {
  const [begin, end] = ['begin', 'end'].map((key) => Number.parseFloat(facts.one(key) ?? ''));
  if (begin === undefined || end === undefined || !Number.isFinite(begin) || !Number.isFinite(end)) return undefined;
  const [sent, received] = [sentMs / 1000, receivedMs / 1000];
  return {
    seconds: (begin + end) / 2 - (sent + received) / 2,
    plusMinus: Math.max(0, (received - sent - (end - begin)) / 2),
  };
}
