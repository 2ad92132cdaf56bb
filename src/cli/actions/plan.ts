import type { Command } from 'commander';
import { startDryRun } from '../../client';
import type { Cli } from '../cli';
import { EXIT } from '../exit';
import { say, sayJson } from '../io';
import { look } from '../look';
import { readPlan } from '../plan-file';
import { isRefused, showDryRun } from '../show/dry-run';
import { withServer } from '../with-server';

interface PlanFlags {
  link?: number;
  summary?: boolean;
  taskQueue: string;
}

/** Shows what a migration would do. */
export async function run(
  cli: Cli,
  path: string,
  { link, summary, taskQueue }: PlanFlags,
  command: Command,
): Promise<void> {
  const { input } = readPlan(path);
  await withServer(cli, command, async (server) => {
    const result = await look({ cli, server, taskQueue }, () =>
      startDryRun(server.client, input, { linkMBps: link, taskQueue }),
    );
    if (cli.globals(command).json) sayJson(cli.io, result);
    else say(cli.io, showDryRun(cli.io, result, summary ? 'summary' : 'all'));
    cli.exitWith(isRefused(result) ? EXIT.FAILED : EXIT.OK);
  });
}
