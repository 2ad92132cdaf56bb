import type { Command } from 'commander';
import { startCheck } from '../../client';
import { readPlanFile } from '../../plan/load';
import { parsePlan } from '../../plan/parse';
import type { PlanInput } from '../../plan/schema';
import { examples, type Register } from '../cli';
import { EXIT } from '../exit';
import { say, sayJson } from '../io';
import { look } from '../look';
import { taskQueueOption } from '../options';
import { countOf, judged, showChecks } from '../show/checks';

/** `bigswitch check`: preflight by itself. */
export const checkCommand: Register = (program, cli) => {
  program
    .command('check')
    .description(
      'Runs preflight by itself: looks at every host and the cluster, and changes nothing. Exits 1 when a check fails.',
    )
    .argument('<plan>', 'plan file, YAML or JSON')
    .addOption(taskQueueOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch check plan.yaml', 'every check, the worst first, with what to do'],
        [`bigswitch check plan.yaml --json | jq '.checks[] | select(.result == "failed")'`, ''],
      ),
    )
    .action((path: string, { taskQueue }: { taskQueue: string }, command: Command) =>
      cli.withServer(command, async (server) => {
        const input = readPlanFile(path) as PlanInput;
        const plan = parsePlan(input);
        const found = await look({ cli, server, taskQueue }, () => startCheck(server.client, input, { taskQueue }));
        const checks = judged(plan, found.checks);
        const passed = countOf(checks, 'failed') === 0;
        if (cli.globals(command).json) sayJson(cli.io, { name: plan.name, passed, cluster: found.cluster, checks });
        else say(cli.io, showChecks(cli.io, plan.name, checks));
        cli.exitWith(passed ? EXIT.OK : EXIT.FAILED);
      }),
    );
};
