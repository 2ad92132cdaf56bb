import { below, type Shown } from '../../text/terminal';
import { homedir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import which from 'which';
import { AlreadyUpError, bringUp, NotUpError, PortTakenError, type Up } from '../../embedded/up';
import type { Cli } from '../cli';
import { CliError, EXIT } from '../exit';
import { note, say, sayJson } from '../io';

interface UpFlags {
  data?: string;
  port: number;
  uiPort: number;
  temporalBin?: string;
}

/** Runs a Temporal server and a worker. */
export async function run(cli: Cli, flags: UpFlags, command: Command): Promise<void> {
  cli.endsByItself();
  await runUp(cli, flags, cli.globals(command).json ?? false);
}

async function runUp(cli: Cli, flags: UpFlags, json: boolean): Promise<void> {
  const { io } = cli;
  const share = io.env.XDG_DATA_HOME || join(io.env.HOME || homedir(), '.local', 'share');
  const folder = resolve(flags.data ?? join(share, 'bigswitch'));
  const temporal = await findTemporal(flags.temporalBin, io.env);
  // This very program: a build, or the sources when they are run.
  const main = join(__dirname, '..', `main${extname(__filename)}`);
  const signal = AbortSignal.any([io.signal, askedToEnd()]);
  const up = await bringUp({
    ...flags,
    folder,
    temporal,
    worker: [process.execPath, ...process.execArgv, main, 'worker'],
    signal,
  }).catch((error: unknown) => {
    throw signal.aborted ? new CliError(EXIT.INTERRUPTED, 'Interrupted.') : explained(error, folder);
  });
  if (json) sayJson(io, { address: up.address, ui: up.uiUrl, data: folder });
  else say(io, told(up, folder, flags));
  const ended = await up.ended;
  if (ended === undefined) note(io, 'Ends what is under way…');
  await up.stop();
  if (ended !== undefined) {
    const what = ended === 'temporal' ? 'The Temporal server' : 'The worker';
    const log = join(folder, `${ended}.log`);
    throw new CliError(EXIT.FAILED, `${what} has ended by itself; see ${log}`, 'Start again: `bigswitch up`.');
  }
}

/** A service manager and a terminal that is closed ask in this way; it is the same as Ctrl-C. */
function askedToEnd(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}

async function findTemporal(given: string | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  const found = await which(given ?? 'temporal', { nothrow: true, path: env.PATH });
  if (found !== null) return found;
  throw new CliError(
    EXIT.MISSING,
    given === undefined ? 'The program `temporal` is not on the PATH' : `There is no program ${given}`,
    'It is the CLI of Temporal: get it from https://docs.temporal.io/cli, or name it by --temporal-bin.',
  );
}

function explained(error: unknown, folder: string): unknown {
  if (error instanceof AlreadyUpError) {
    return new CliError(
      EXIT.REFUSED,
      `bigswitch up runs already with the data in ${folder}, as process ${error.pid}`,
      'Use that one, or name another folder by --data and other ports by --port and --ui-port.',
    );
  }
  if (error instanceof PortTakenError) {
    return new CliError(
      EXIT.FAILED,
      `Port ${error.port} of 127.0.0.1 is taken`,
      'Choose others by --port and --ui-port. If a Temporal server listens there, `bigswitch worker` is enough.',
    );
  }
  if (error instanceof NotUpError) {
    const what = error.part === 'temporal' ? 'The Temporal server' : 'The worker';
    return new CliError(EXIT.FAILED, `${what} did not come up; ${error.log} says why`, 'Nothing was left running.');
  }
  return error;
}

function told({ address, uiUrl }: Up, folder: string, { port }: UpFlags): Shown {
  const by = port === 7233 ? '' : ` --address ${address}`;
  return below([
    `Temporal server: ${address}`,
    `Its UI:          ${uiUrl}`,
    `Database, logs:  ${folder}`,
    'A worker takes the work. Secrets that a plan names are read on this machine.',
    '',
    `Next, in another terminal: bigswitch init, then bigswitch check plan.yaml${by}`,
    'Ctrl-C ends it; what it was doing goes on at the next `bigswitch up`.',
  ]);
}
