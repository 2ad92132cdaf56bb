import type { Command } from 'commander';
import { startDryRun } from '../../client';
import { readPlanFile } from '../../plan/load';
import { parsePlan } from '../../plan/parse';
import type { PlanInput } from '../../plan/schema';
import { examples, type Register } from '../cli';
import { EXIT } from '../exit';
import { say, sayJson } from '../io';
import { look } from '../look';
import { positive, taskQueueOption } from '../options';
import { isRefused, showDryRun } from '../show/dry-run';

interface PlanFlags {
  link?: number;
  summary?: boolean;
  taskQueue: string;
}

/** `bigswitch plan`: what a migration would do. */
export const planCommand: Register = (program, cli) => {
  program
    .command('plan')
    .description(
      'Shows what a migration would do, and changes nothing. Every host, file, rule and shard; time, bytes and risks. ' +
        'Exits 1 when preflight would refuse it.',
    )
    .argument('<plan>', 'plan file, YAML or JSON')
    .option('--link <MiB/s>', 'what the bridge is known to carry; else the way to the hub is measured', positive)
    .option('--summary', 'without shards, settings and hosts')
    .addOption(taskQueueOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch plan plan.yaml', ''],
        ['bigswitch plan plan.yaml --summary --link 40', 'in short, for a bridge that carries 40 MiB/s'],
        ['bigswitch plan plan.yaml --json | jq .time.total', 'seconds, at least and at most'],
      ),
    )
    .action((path: string, { link, summary, taskQueue }: PlanFlags, command: Command) =>
      cli.withServer(command, async (server) => {
        const input = readPlanFile(path) as PlanInput;
        parsePlan(input);
        const result = await look({ cli, server, taskQueue }, () =>
          startDryRun(server.client, input, { linkMBps: link, taskQueue }),
        );
        if (cli.globals(command).json) sayJson(cli.io, result);
        else say(cli.io, showDryRun(cli.io, result, summary ? 'summary' : 'all'));
        cli.exitWith(isRefused(result) ? EXIT.FAILED : EXIT.OK);
      }),
    );
};
