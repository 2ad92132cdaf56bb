import { askText } from '../ask';
import { CliError, EXIT } from '../exit';
import type { Io } from '../io';

/** One thing that has to be known, and how it can be said. */
export interface Question<T> {
  /** The option that says it, for example `--hub <addresses>`. */
  flag: string;
  /** What a person is asked. */
  question: string;
  /** Taken by Enter, and where nobody can be asked. */
  default?: string;
  /** @throws Error that says what it has to be */
  parse: (text: string) => T;
}

/** Gets answers from options, from defaults, or from the person at the terminal. */
export class Interview {
  readonly #missing: string[] = [];

  constructor(private readonly io: Io) {}

  /**
   * The answer to one question. Where nobody can be asked, one that is missing is only noted, see {@link complete}.
   * @param given what the option says; several are joined by commas
   * @throws CliError USAGE when the option says something that can't be
   */
  async answer<T>(given: string | undefined, question: Question<T>): Promise<T> {
    const { flag, parse } = question;
    if (given !== undefined) return this.#parsed(given, question);
    if (!this.io.interactive) {
      if (question.default !== undefined) return this.#parsed(question.default, question);
      this.#missing.push(flag);
      return undefined as T;
    }
    const validate = (text: string) => {
      try {
        parse(text.trim());
        return true;
      } catch (error) {
        return (error as Error).message;
      }
    };
    const options = { validate, ...(question.default !== undefined && { default: question.default }) };
    return parse(await askText(this.io, `${question.question}?`, options));
  }

  /** @throws CliError USAGE that names every option that is missing */
  complete(): void {
    if (this.#missing.length === 0) return;
    throw new CliError(
      EXIT.USAGE,
      `Without a terminal nobody can be asked; missing: ${this.#missing.join(', ')}`,
      'See `bigswitch init --help` for examples.',
    );
  }

  #parsed<T>(text: string, { flag, parse }: Question<T>): T {
    try {
      return parse(text);
    } catch (error) {
      throw new CliError(EXIT.USAGE, `${flag.split(' ')[0]}: ${(error as Error).message}`);
    }
  }
}
