import { harmlessJson } from '../text/harmless';
import { below, ownLines, paragraph } from '../text/terminal';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { createCli, type Cli, type GlobalOptions, type Outcome, type Register } from './cli';
import { approveCommand } from './commands/approve';
import { checkCommand } from './commands/check';
import { completionCommand } from './commands/completion';
import { consoleCommand } from './commands/console';
import { cleanupCommand } from './commands/cleanup';
import { evidenceCommand } from './commands/evidence';
import { giveUpCommand } from './commands/give-up';
import { initCommand } from './commands/init';
import { listCommand } from './commands/list';
import { pauseCommand } from './commands/pause';
import { planCommand } from './commands/plan';
import { rejectCommand } from './commands/reject';
import { replayCommand } from './commands/replay';
import { reportCommand } from './commands/report';
import { resumeCommand } from './commands/resume';
import { rollbackCommand } from './commands/rollback';
import { schemaCommand } from './commands/schema';
import { startCommand } from './commands/start';
import { statusCommand } from './commands/status';
import { throttleCommand } from './commands/throttle';
import { upCommand } from './commands/up';
import { watchCommand } from './commands/watch';
import { workerCommand } from './commands/worker';
import { CliError, EXIT, EXIT_MEANING, type ExitCode } from './exit';
import type * as Explain from './explain';
import { note, say, type Io } from './io';

/** Every command, in the order in which the help shows them: that of a migration. */
const COMMANDS: Register[] = [
  initCommand,
  schemaCommand,
  upCommand,
  workerCommand,
  checkCommand,
  planCommand,
  startCommand,
  listCommand,
  statusCommand,
  watchCommand,
  consoleCommand,
  evidenceCommand,
  approveCommand,
  rejectCommand,
  pauseCommand,
  resumeCommand,
  throttleCommand,
  giveUpCommand,
  rollbackCommand,
  cleanupCommand,
  reportCommand,
  replayCommand,
  completionCommand,
];

/** What was interrupted gets this long to say so itself: a question to the server may be under way. */
const INTERRUPT_GRACE_MS = 2000;

/**
 * The program with all its commands; nothing runs before it is parsed.
 * @param json wrong usage is not told in words, as the error that is thrown will be told as JSON
 */
export function createProgram(cli: Cli, { json = false } = {}): Command {
  const program = new Command('bigswitch')
    .description('Moves a live Elasticsearch cluster to new servers in another network.')
    .version(ownVersion())
    .option('--address <host:port>', 'Temporal server (TEMPORAL_ADDRESS; default 127.0.0.1:7233)')
    .option('-n, --namespace <name>', 'namespace on it (TEMPORAL_NAMESPACE; default "default")')
    .option('--profile <name>', "profile of Temporal's configuration file (TEMPORAL_PROFILE)")
    .option('--tls', 'connect by TLS')
    .option('--tls-ca-path <file>', "CA that the server's certificate is verified against")
    .option('--tls-cert-path <file>', 'client certificate')
    .option('--tls-key-path <file>', 'key of the client certificate')
    .option('--tls-server-name <name>', "name in the server's certificate, if it is not the address")
    .option('--ui <url>', "Temporal's web UI, for links (BIGSWITCH_UI; on this machine it is found)")
    .option('--json', 'the answer as one JSON document')
    .option('--debug', 'with an error, all there is to know about it')
    .configureHelp({ showGlobalOptions: true })
    .helpCommand('help [command]', 'help for a command')
    .addHelpText('after', exitCodes());
  for (const register of COMMANDS) register(program, cli);
  for (const command of [program, ...program.commands]) prepare(command, cli.io, json);
  return program;
}

/** The version of this build; package.json lies two folders up from the source and from what is built of it. */
function ownVersion(): string {
  const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** An API key is a secret: it comes from TEMPORAL_API_KEY or the profile, never from the command line. */
function exitCodes(): string {
  const lines = Object.entries(EXIT_MEANING).map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`);
  return `\nExit codes:\n${lines.join('\n')}\n\nAn API key for Temporal is taken from TEMPORAL_API_KEY or the profile.`;
}

function prepare(command: Command, io: Io, json: boolean): void {
  // In the list of commands, the first sentence is enough.
  command
    .summary(command.description().replace(/\. .*$/s, '.'))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => say(io, ownLines(text.trimEnd())),
      writeErr: (text) => void (json || note(io, ownLines(text.trimEnd()))),
      getOutHelpWidth: () => Math.min(io.columns, 100),
      getErrHelpWidth: () => Math.min(io.columns, 100),
    })
    .showHelpAfterError('(for all options: add --help)');
}

/**
 * Runs the program once.
 * @param argv arguments without the program's own name
 * @returns the exit code; it never throws
 */
export async function runCli(argv: string[], io: Io): Promise<number> {
  const outcome: Outcome = { exitCode: EXIT.OK, endsByItself: false };
  const json = wantsJson(argv);
  const program = createProgram(createCli(io, outcome), { json });
  try {
    await Promise.race([program.parseAsync(argv, { from: 'user' }), interrupted(io.signal, outcome)]);
    return outcome.exitCode;
  } catch (error) {
    const { debug } = program.opts<GlobalOptions>();
    if (!(error instanceof CommanderError)) return tell(explained(error), io, { json, debug });
    // Help and version, or wrong usage, which commander has told in words already.
    if (error.exitCode === 0) return EXIT.OK;
    return json ? tell(wrongUsage(error), io, { json, debug }) : EXIT.USAGE;
  }
}

/** Whether the answer is to be JSON; asked of the arguments themselves, as they may be wrong. */
function wantsJson(argv: string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes('--json');
}

function wrongUsage(error: CommanderError): CliError {
  // Where a command is missing or unknown to `help`, commander shows the help, and its error has no words.
  const message = error.code === 'commander.help' ? 'no such command, or none' : error.message.replace(/^error: /, '');
  return new CliError(EXIT.USAGE, message, 'For all options: add --help.', { cause: error });
}

/** Loads what knows the errors of Temporal only where there is one of another kind than ours. */
function explained(error: unknown): CliError {
  return error instanceof CliError ? error : (require('./explain') as typeof Explain).explain(error);
}

function interrupted(signal: AbortSignal, outcome: Outcome): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => {
      if (outcome.endsByItself) return;
      const error = new CliError(EXIT.INTERRUPTED, 'Interrupted.');
      setTimeout(() => reject(error), INTERRUPT_GRACE_MS).unref();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}

function tell(error: CliError, io: Io, { json, debug }: GlobalOptions): ExitCode {
  const { message, remedy, exitCode } = error;
  const stack = debug ? String((error.cause instanceof Error ? error.cause : error).stack) : undefined;
  if (json) note(io, harmlessJson({ error: { exitCode, message, remedy, stack } }));
  else note(io, below([message, remedy, stack].map((part) => part !== undefined && paragraph(part))));
  return exitCode;
}
