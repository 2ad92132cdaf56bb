import { below, type Shown } from '../../text/terminal';
import { homedir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import which from 'which';
import { OpenToLocalUsersError, PortTakenError } from '../../embedded/server';
import { AlreadyUpError, bringUp, NotUpError, SharedFolderError, type Part, type Up } from '../../embedded/up';
import type { Cli } from '../cli';
import { CliError, EXIT } from '../exit';
import { note, say, sayJson } from '../io';

interface UpFlags {
  data?: string;
  port: number;
  uiPort: number;
  temporalBin?: string;
  openToLocalUsers?: boolean;
}

const NAMES: Record<Part, string> = {
  temporal: 'The Temporal server',
  door: 'The door to the Temporal server',
  worker: 'The worker',
};

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
    port: flags.port,
    uiPort: flags.uiPort,
    openToLocalUsers: flags.openToLocalUsers ?? false,
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
    const log = join(folder, `${ended}.log`);
    throw new CliError(EXIT.FAILED, `${NAMES[ended]} has ended by itself; see ${log}`, 'Start again: `bigswitch up`.');
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
  if (error instanceof SharedFolderError) {
    return new CliError(
      EXIT.REFUSED,
      `Other users may write to ${error.folder}, so they could give the server another database`,
      'Name a folder of your own by --data, or make it yours: `chmod go-w`.',
    );
  }
  if (error instanceof PortTakenError) {
    return new CliError(
      EXIT.FAILED,
      `Port ${error.port} of 127.0.0.1 is taken`,
      'Choose others by --port and --ui-port. If a Temporal server listens there, `bigswitch worker` is enough.',
    );
  }
  if (error instanceof OpenToLocalUsersError) {
    return new CliError(
      EXIT.REFUSED,
      'On this machine the Temporal server can have no network of its own, so every other user could start migrations with it',
      'It takes Linux, `unshare`, `nsenter` and `ip`, and root or user namespaces. If nobody else uses this machine: ' +
        '--open-to-local-users; then there is no UI.',
    );
  }
  if (error instanceof NotUpError) {
    return new CliError(
      EXIT.FAILED,
      `${NAMES[error.part]} did not come up; ${error.log} says why`,
      'Nothing was left running.',
    );
  }
  return error;
}

function told({ address, uiUrl }: Up, folder: string, { port }: UpFlags): Shown {
  const by = port === 7233 ? '' : ` --address ${address}`;
  return below([
    `Temporal server: ${address}`,
    ...(uiUrl === undefined
      ? ['Every user of this machine reaches it, and it shows no UI.']
      : [`Its UI:          ${uiUrl}`, 'Only you reach them: other users of this machine do not.']),
    `Database, logs:  ${folder}`,
    'A worker takes the work. Secrets that a plan names are read on this machine.',
    '',
    `Next, in another terminal: bigswitch init, then bigswitch check plan.yaml${by}`,
    'Ctrl-C ends it; what it was doing goes on at the next `bigswitch up`.',
  ]);
}
