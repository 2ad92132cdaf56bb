import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import open from 'open';
import { buildReport } from '../../report/build';
import { renderPage } from '../../report/page';
import { writeAtomically } from '../../report/write';
import { examples, type Cli, type Register } from '../cli';
import { say, sayJson } from '../io';
import { findMigration, type Which } from '../migrations';
import { nameArgument, workflowIdOption } from '../options';
import { reportedIn } from '../reported';
import type { Server } from '../server';

interface ReportOptions extends Which {
  out: string;
  open?: boolean;
}

/** `bigswitch report`: fetches the report of a migration. */
export const reportCommand: Register = (program, cli) => {
  program
    .command('report')
    .description(
      'Fetches the report of a migration that has ended. It is made from its history, so no worker is needed.',
    )
    .addArgument(nameArgument())
    .option('--out <folder>', 'folder for report.html and report.json', 'out')
    .option('--open', 'open it in the browser')
    .addOption(workflowIdOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch report', 'of the migration that ended last'],
        ['bigswitch report shop --open', ''],
        ['bigswitch report shop --json | jq .figures', 'report.json to standard output; no file is written'],
      ),
    )
    .action((name: string | undefined, options: ReportOptions, command: Command) =>
      cli.withServer(command, (server) => fetchReport(cli, server, command, { ...options, name })),
    );
};

async function fetchReport(cli: Cli, server: Server, command: Command, options: ReportOptions): Promise<void> {
  const found = await findMigration(server, options, { ended: true });
  const { plan, input } = await reportedIn(server, found);
  const report = buildReport(plan, input);
  if (cli.globals(command).json) return sayJson(cli.io, report);
  const folder = resolve(options.out);
  const html = join(folder, 'report.html');
  await writeAtomically(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  await writeAtomically(html, renderPage(report));
  say(cli.io, `${found.name}: ${report.outcome}. The report: ${html}`);
  if (options.open) await open(pathToFileURL(html).href);
}
