/** What the exit code of `bigswitch` says; documented in docs/CLI.md. */
export const EXIT = {
  /** It was done. */
  OK: 0,
  /** It failed: a migration that ended badly, a failed check, an error of the program. */
  FAILED: 1,
  /** Wrong usage, or a plan that can't be used. */
  USAGE: 2,
  /** Something is missing: the Temporal server, its namespace, a worker, a program. */
  MISSING: 3,
  /** There is no such migration, or none at all. */
  NOT_FOUND: 4,
  /** The migration refused it: gate, token, evidence, too late, running already. */
  REFUSED: 5,
  /** Ctrl-C. */
  INTERRUPTED: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Each exit code in words, for the help and the docs. */
export const EXIT_MEANING: Record<ExitCode, string> = {
  0: 'done',
  1: 'failed: a migration that ended badly, a failed check, an error of the program',
  2: "wrong usage, or a plan that can't be used",
  3: 'something is missing: the Temporal server, its namespace, a worker, a program',
  4: 'no such migration, or none at all',
  5: 'refused by the migration: gate, token, evidence, too late, running already',
  130: 'interrupted by Ctrl-C',
};

/** An error for the person at the terminal: what and where in `message`, what to do in `remedy`. */
export class CliError extends Error {
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    readonly remedy?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CliError';
  }
}

/** Whether a question was left by Ctrl-C. */
export function isPromptEnd(error: unknown): boolean {
  return error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name);
}
