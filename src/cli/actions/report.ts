import { harmlessJson } from '../../text/harmless';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import open from 'open';
import { buildReport } from '../../report/build';
import { renderPage } from '../../report/page';
import { writeAtomically } from '../../report/write';
import type { Cli } from '../cli';
import { say, sayJson } from '../io';
import { findMigration, type Which } from '../migrations';
import { reportedIn } from '../reported';
import type { Server } from '../server';
import { withServer } from '../with-server';

interface ReportOptions extends Which {
  out: string;
  open?: boolean;
}

/** Fetches the report. */
export async function run(cli: Cli, name: string | undefined, options: ReportOptions, command: Command): Promise<void> {
  await withServer(cli, command, (server) => fetchReport(cli, server, command, { ...options, name }));
}

async function fetchReport(cli: Cli, server: Server, command: Command, options: ReportOptions): Promise<void> {
  const found = await findMigration(server, options, { ended: true });
  const { plan, input } = await reportedIn(server, found);
  const report = buildReport(plan, input);
  if (cli.globals(command).json) return sayJson(cli.io, report);
  const folder = resolve(options.out);
  const html = join(folder, 'report.html');
  await writeAtomically(join(folder, 'report.json'), `${harmlessJson(report, 2)}\n`);
  await writeAtomically(html, renderPage(report));
  say(cli.io, `${found.name}: ${report.outcome}. The report: ${html}`);
  if (options.open) await open(pathToFileURL(html).href);
}
