import { styleText } from 'node:util';

/** The part of a narrator that tells how a migration goes. */
export type Teller = Pick<Narrator, 'part' | 'event' | 'progress' | 'warn' | 'result'>;

/** Prints what happens: one line for each event with the time since the start, and on a terminal a line that moves. */
export class Narrator {
  private readonly start = Date.now();
  private live = '';
  private readonly tty: boolean;

  constructor(private readonly out: NodeJS.WriteStream) {
    this.tty = out.isTTY && process.env['NO_COLOR'] === undefined;
  }

  /** A heading: a new part of the demo begins. */
  part(text: string): void {
    this.line(this.paint('bold', text));
  }

  /** One thing that happened. */
  event(text: string): void {
    this.line(`  ${text}`);
  }

  /** Something a person should look at. */
  warn(text: string): void {
    this.line(this.paint('yellow', `  ${text}`));
  }

  /** A result: good or bad. */
  result(ok: boolean, text: string): void {
    this.line(this.paint(ok ? 'green' : 'red', `  ${ok ? 'ok ' : 'NO '} ${text}`));
  }

  /** Looks whether something is so, and tells; that it can't be seen is not so. @returns whether it is */
  async check(text: string, look: () => Promise<boolean>): Promise<boolean> {
    const ok = await look().catch((error: Error) => {
      this.warn(error.message);
      return false;
    });
    this.result(ok, text);
    return ok;
  }

  /** On a terminal: replaces the moving line. Elsewhere nothing, so that logs stay short. */
  progress(text: string): void {
    if (!this.tty) return;
    this.live = text.slice(0, (this.out.columns ?? 80) - 8);
    this.out.write(`\r\u001b[2K${this.clock()} ${this.live}`);
  }

  /** Runs one part, says how long it took. */
  async timed<T>(text: string, run: () => Promise<T>): Promise<T> {
    this.part(text);
    const begin = Date.now();
    const value = await run();
    this.event(`done in ${duration(Date.now() - begin)}`);
    return value;
  }

  private line(text: string): void {
    const clear = this.live ? '\r\u001b[2K' : '';
    this.live = '';
    for (const [index, part] of text.split('\n').entries()) {
      this.out.write(`${index === 0 ? clear : ''}${this.clock()} ${part}\n`);
    }
  }

  private clock(): string {
    const seconds = Math.floor((Date.now() - this.start) / 1000);
    const text = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
    return this.paint('dim', text);
  }

  private paint(style: 'bold' | 'yellow' | 'green' | 'red' | 'dim', text: string): string {
    return this.tty ? styleText(style, text) : text;
  }
}

/** `1.2 s` or `3 min 05 s`. @param milliseconds a length of time */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
