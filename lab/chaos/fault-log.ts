import type { Excuse } from '../judge';

/** Where a scenario says what it did not meet: no place. */
export const AT_THE_END = 'end';

/** One thing that was done to the migration. */
export interface Struck {
  /** Seconds after its start. */
  at: number;
  /** Phase and what was under way. */
  where: string;
  what: string;
}

/** What was done, when and where, and what by its own nature comes of it. */
export class FaultLog {
  readonly struck: Struck[] = [];
  readonly excuses: Excuse[] = [];
  /** Starts of services by host that a fault causes. */
  readonly starts: Record<string, number> = {};
  private readonly began = Date.now();
  /** When faults that undo themselves do so, by fault and host. */
  private readonly undone = new Map<string, number>();

  constructor(private readonly tell: (line: string) => void) {}

  /** Keeps that something was done just now. */
  add(where: string, what: string): void {
    const at = Math.round((Date.now() - this.began) / 1000);
    this.struck.push({ at, where, what });
    this.tell(`CHAOS at ${where}: ${what}`);
  }

  /** Keeps a span that a fault excuses. */
  excuse(excuse: Excuse): void {
    this.excuses.push(excuse);
    const seconds = Math.round((excuse.to - excuse.from) / 1000);
    this.tell(`excused for ${seconds} s: ${excuse.reason}`);
  }

  /** Keeps that a fault undoes itself after so many seconds; without, that it does so no more. */
  undoesItself(fault: string, seconds?: number): void {
    if (seconds === undefined) this.undone.delete(fault);
    else this.undone.set(fault, Date.now() + seconds * 1000);
  }

  /** When the last fault that undoes itself will have done so, milliseconds since the epoch; 0 when there is none. */
  get overAt(): number {
    return Math.max(0, ...this.undone.values());
  }

  /** Keeps that a service on a host is started once more by a fault. */
  start(host: string): void {
    this.starts[host] = (this.starts[host] ?? 0) + 1;
  }
}
