import type { Command } from 'commander';
import { LiveSource } from '../../view/source';
import type { View } from '../../view/view';
import { newLines } from '../../watch/plain';
import { openScreen } from '../../watch/terminal';
import { watchAsLines, watchOnScreen, type Watched } from '../../watch/watch';
import { examples, type Cli, type Register } from '../cli';
import { CliError, EXIT } from '../exit';
import { say } from '../io';
import { findMigration, type Listed, type Which } from '../migrations';
import { byOption, nameArgument, workflowIdOption } from '../options';
import type { Server } from '../server';
import { sayFor } from '../wishes';

interface WatchOptions extends Which {
  by: string;
}

/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 1_000;

/** `bigswitch watch`: the live screen. */
export const watchCommand: Register = (program, cli) => {
  program
    .command('watch')
    .description(
      'Shows a migration live: phases, hosts, where each shard is, the bridge, the apps, and the open gate, which can be ' +
        'approved here. Without a terminal it writes a line for each thing that is new, and ends with the migration; with --json, ' +
        'one document for each look.',
    )
    .addArgument(nameArgument())
    .addOption(byOption())
    .addOption(workflowIdOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch watch', 'the one that runs, or the last one'],
        ['bigswitch watch shop | tee shop.log', 'as lines; exits 0 only if it migrated'],
        ['NO_COLOR=1 bigswitch watch shop', 'without colours'],
      ),
    )
    .action((name: string | undefined, options: WatchOptions, command: Command) =>
      cli.withServer(command, async (server) => {
        const found = await findMigration(server, { ...options, name }, { ended: true });
        await watch(cli, server, found, { by: options.by, json: cli.globals(command).json ?? false });
      }),
    );
};

async function watch(cli: Cli, server: Server, found: Listed, { by, json }: { by: string; json: boolean }) {
  const { io } = cli;
  const watched: Watched = {
    source: new LiveSource(server.client, found.workflowId),
    everyMs: LOOK_EVERY_MS,
    signal: io.signal,
    say: sayFor(server, found, by),
  };
  cli.endsByItself();
  if (io.terminal && io.interactive && !json) {
    const { last, interrupted } = await watchOnScreen(watched, openScreen(io.colours.isColorSupported));
    end(cli, found, last, interrupted);
    return;
  }
  const last = await watchAsLines(watched, json ? (view) => [JSON.stringify(view)] : newLines, (text) => say(io, text));
  end(cli, found, last, io.signal.aborted);
}

/** While it runs, leaving is no failure. @throws CliError INTERRUPTED after Ctrl-C */
function end(cli: Cli, { workflowId }: Listed, last: View | undefined, interrupted: boolean): void {
  const running = last?.outcome === 'running';
  if (interrupted) {
    throw new CliError(EXIT.INTERRUPTED, running ? `${workflowId} goes on without this command.` : 'Interrupted.');
  }
  if (last && !running) cli.exitWith(last.outcome === 'migrated' ? EXIT.OK : EXIT.FAILED);
}
