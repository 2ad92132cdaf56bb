import type * as Action from '../actions/plan';
import { examples, lazily, type Register } from '../cli';
import { positive, taskQueueOption } from '../options';

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
    .action(lazily(cli, () => require('../actions/plan') as typeof Action));
};
