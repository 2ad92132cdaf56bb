import { harmlessJson } from '../../text/harmless';
import type { Command } from 'commander';
import { LiveSource } from '../../view/source';
import type { View } from '../../view/view';
import { newLines } from '../../watch/plain';
import { openScreen } from '../../watch/terminal';
import { watchAsLines, watchOnScreen, type Watched } from '../../watch/watch';
import { byOf } from '../by';
import type { Cli } from '../cli';
import { CliError, EXIT } from '../exit';
import { say } from '../io';
import { findMigration, type Listed, type Which } from '../migrations';
import type { Server } from '../server';
import { sayFor } from '../wishes';
import { withServer } from '../with-server';

interface WatchOptions extends Which {
  by?: string;
}

/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 1_000;

/** Shows a migration live. */
export async function run(cli: Cli, name: string | undefined, options: WatchOptions, command: Command): Promise<void> {
  await withServer(cli, command, async (server) => {
    const found = await findMigration(server, { ...options, name }, { ended: true });
    await watch(cli, server, found, { by: options.by, json: cli.globals(command).json ?? false });
  });
}

async function watch(cli: Cli, server: Server, found: Listed, { by, json }: { by?: string; json: boolean }) {
  const { io } = cli;
  const watched: Watched = {
    source: new LiveSource(server.client, found.workflowId),
    everyMs: LOOK_EVERY_MS,
    signal: io.signal,
    // Who only looks on needs no name.
    say: sayFor(server, found, () => byOf(io.env, by)),
  };
  cli.endsByItself();
  if (io.terminal && io.interactive && !json) {
    const { last, interrupted } = await watchOnScreen(watched, openScreen(io.colours.on));
    end(cli, found, last, interrupted);
    return;
  }
  const last = await watchAsLines(watched, json ? (view) => [harmlessJson(view)] : newLines, (text) => say(io, text));
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
