import type { Command } from 'commander';
import { askWord } from '../ask';
import { examples, type Cli, type Register } from '../cli';
import { CliError, EXIT } from '../exit';
import { follow } from '../follow';
import { reasonOf } from '../gates';
import { say } from '../io';
import { findMigration, typed, type Listed } from '../migrations';
import { byOption, nameArgument, workflowIdOption } from '../options';
import { sendAndTell } from '../send';
import type { Server } from '../server';

interface RollbackOptions {
  by: string;
  reason?: string;
  yes?: boolean;
  wait?: boolean;
  workflowId?: string;
}

/** `bigswitch rollback`: turns a migration round. */
export const rollbackCommand: Register = (program, cli) => {
  program
    .command('rollback')
    .description('Turns a migration round: all is put back as it was. Possible until teardown begins.')
    .addArgument(nameArgument())
    .option('--reason <text>', 'why; kept in the audit')
    .option('--yes', 'do not ask; needed without a terminal')
    .option('--wait', 'stay, tell how it goes, and end when it has ended')
    .addOption(byOption())
    .addOption(workflowIdOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch rollback --reason "the new hosts are slow"', 'asks for the name first'],
        ['bigswitch rollback shop --reason slow --yes --wait', 'as in a script'],
      ),
    )
    .action((name: string | undefined, options: RollbackOptions, command: Command) =>
      cli.withServer(command, async (server) => {
        const found = await findMigration(server, { ...options, name });
        const reason = await reasonOf(cli, options.reason, `Why is ${found.name} rolled back?`);
        await confirmed(cli, found, options);
        const told = `${found.name} is being rolled back. How it goes: bigswitch status ${typed(found)}`;
        const { json } = cli.globals(command);
        await sendAndTell({ cli, server, json }, found, 'rollback', { by: options.by, reason }, told);
        if (options.wait) await waitFor(cli, server, found, json);
      }),
    );
};

async function confirmed(cli: Cli, found: Listed, { yes }: RollbackOptions): Promise<void> {
  if (yes) return;
  if (cli.io.interactive) return askWord(cli.io, found.name, 'Everything will be put back as it was.');
  throw new CliError(
    EXIT.USAGE,
    '--yes is missing: without a terminal nobody can be asked',
    'Add --yes if you mean it.',
  );
}

async function waitFor(cli: Cli, server: Server, { name, workflowId }: Listed, json?: boolean): Promise<void> {
  const { execution, status } = await follow({ io: cli.io, server }, workflowId);
  if (!json) say(cli.io, `${name}: ${status?.doing ?? execution.toLowerCase()}`);
  cli.exitWith(execution === 'COMPLETED' && status?.outcome === 'rolled-back' ? EXIT.OK : EXIT.FAILED);
}
