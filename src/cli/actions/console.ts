import { term } from '../../text/terminal';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import openBrowser from 'open';
import { PAGE_PATH } from '../../console/bundle-page';
import { ConsoleServer } from '../../console/server';
import { writeWayIn } from '../../console/way-in';
import { keepLooking } from '../../view/looking';
import { LiveSource } from '../../view/source';
import { byOf } from '../by';
import type { Cli } from '../cli';
import { CliError, EXIT } from '../exit';
import { note, say, sayJson } from '../io';
import { findMigration, type Listed, type Which } from '../migrations';
import type { Server } from '../server';
import { sayFor } from '../wishes';
import { withServer } from '../with-server';

interface ConsoleFlags extends Which {
  by?: string;
  port: number;
  open: boolean;
}

/** What the page is served with. */
interface Served extends ConsoleFlags {
  by: string;
  json: boolean;
}

/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 1_000;

/** Serves the page until Ctrl-C. */
export async function run(cli: Cli, name: string | undefined, flags: ConsoleFlags, command: Command): Promise<void> {
  if (!existsSync(join(PAGE_PATH, 'page.js'))) {
    throw new CliError(EXIT.MISSING, `The page is not built: ${PAGE_PATH} is missing`, 'Build it: `npm run build`.');
  }
  const by = byOf(cli.io.env, flags.by);
  await withServer(cli, command, async (server) => {
    const found = await findMigration(server, { ...flags, name }, { ended: true });
    await serve(cli, server, found, { ...flags, by, json: cli.globals(command).json ?? false });
  });
}

async function serve(cli: Cli, server: Server, found: Listed, flags: Served) {
  const { io } = cli;
  const source = new LiveSource(server.client, found.workflowId);
  const first = await source.look();
  const { by, port } = flags;
  const entered = () =>
    note(io, `The page was opened at ${new Date().toLocaleTimeString()}. If that was not you: Ctrl-C.`);
  const page = new ConsoleServer({ by, port, pageFolder: PAGE_PATH, say: sayFor(server, found, () => by), entered });
  const url = await page.start().catch((error: unknown) => {
    throw new CliError(
      EXIT.FAILED,
      `Port ${port} can't be used: ${(error as Error).message}`,
      'Choose another --port.',
    );
  });
  cli.endsByItself();
  const wayIn = io.interactive && flags.open && !flags.json ? writeWayIn(url) : undefined;
  try {
    page.show(first);
    tell(cli, url, flags);
    // A machine without a browser is no failure: the address is written.
    if (wayIn) void openBrowser(wayIn.file).catch(() => undefined);
    const last = await keepLooking(source, { everyMs: LOOK_EVERY_MS, signal: io.signal }, (view) => page.show(view));
    if (last && !io.signal.aborted) note(io, `${last.name} is ${last.outcome}. The page stays until Ctrl-C.`);
    await untilAborted(io.signal);
  } finally {
    wayIn?.remove();
    await page.close();
  }
  throw new CliError(EXIT.INTERRUPTED, `The page is gone. ${found.workflowId} does not need it.`);
}

function tell({ io }: Cli, url: string, { json }: Served): void {
  if (json) sayJson(io, { url });
  else say(io, term`${url}\nThis address works once, in one tab of a browser on this machine. Ctrl-C ends the page.`);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
