import type { Command } from 'commander';
import { startCheck } from '../../client';
import type { Cli } from '../cli';
import { EXIT } from '../exit';
import { say, sayJson } from '../io';
import { look } from '../look';
import { readPlan } from '../plan-file';
import { countOf, judged, showChecks } from '../show/checks';
import { withServer } from '../with-server';

/** Runs preflight by itself and shows every check. */
export async function run(
  cli: Cli,
  path: string,
  { taskQueue }: { taskQueue: string },
  command: Command,
): Promise<void> {
  const { input, plan } = readPlan(path);
  await withServer(cli, command, async (server) => {
    const found = await look({ cli, server, taskQueue }, () => startCheck(server.client, input, { taskQueue }));
    const checks = judged(plan, found.checks);
    const passed = countOf(checks, 'failed') === 0;
    if (cli.globals(command).json) sayJson(cli.io, { name: plan.name, passed, cluster: found.cluster, checks });
    else say(cli.io, showChecks(cli.io, plan.name, checks));
    cli.exitWith(passed ? EXIT.OK : EXIT.FAILED);
  });
}
