import { InvalidArgumentError, type Command } from 'commander';
import { breakHost } from '.';
import type { BreakOptions } from './scenario';
import { SCENARIOS } from './scenarios';

function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError('use a number above 0');
  return number;
}

function percentage(value: string): number {
  const number = positive(value);
  if (number > 100) throw new InvalidArgumentError('use a number up to 100');
  return number;
}

/** Adds `break SCENARIO HOST` to the lab's command line. */
export function addBreakCommands(program: Command): void {
  const parent = program
    .command('break')
    .description('break a host, to see what the migration does about it')
    .addHelpText(
      'after',
      `
Examples:
  scripts/lab break kill-node old-2
  scripts/lab break kill-node old-2 --undo
  scripts/lab break cut-tunnel new-1 --seconds 20
  scripts/lab break loss hub --percent 10 --seconds 60
  scripts/lab break reboot hub`,
    );
  parent
    .command('reboot')
    .description('reboot a host')
    .argument('<host>')
    .action(async (host: string) => {
      await breakHost('reboot', host);
      console.log(`${host} was rebooted`);
    });
  for (const scenario of SCENARIOS) {
    const command = parent
      .command(scenario.name)
      .description(scenario.summary)
      .argument('<host>')
      .option('--seconds <n>', 'undo it by itself after this time', positive, scenario.defaultSeconds)
      .option('--undo', 'undo it now');
    if (scenario.percent) command.option('--percent <p>', scenario.percent.about, percentage, scenario.percent.usual);
    command.action(async (host: string, options: BreakOptions & { undo?: boolean }) => {
      await breakHost(scenario.name, host, options);
      const until = options.seconds === undefined ? '; undo it with --undo' : ` for ${options.seconds} s`;
      console.log(options.undo ? `${scenario.name} on ${host} is undone` : `${scenario.name} on ${host}${until}`);
    });
  }
}
