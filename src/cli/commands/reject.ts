import type { Command } from 'commander';
import { examples, type Register } from '../cli';
import { gateOf, reasonOf, type GateFlags } from '../gates';
import { findMigration, typed } from '../migrations';
import { byOption, nameArgument, workflowIdOption } from '../options';
import { sendAndTell } from '../send';

interface RejectOptions extends GateFlags {
  by: string;
  reason?: string;
  workflowId?: string;
}

/** `bigswitch reject`: says no to the open gate. */
export const rejectCommand: Register = (program, cli) => {
  program
    .command('reject')
    .description('Says no to the open gate. The migration is then paused; `resume` opens the gate again.')
    .addArgument(nameArgument())
    .option('--reason <text>', 'why; kept in the audit')
    .option('--gate <gate>', 'default: the open one')
    .option('--token <token>', 'token of the gate as `status` shows it; needed without a terminal')
    .addOption(byOption())
    .addOption(workflowIdOption())
    .addHelpText('after', examples(['bigswitch reject --reason "not on a Friday"', '']))
    .action((name: string | undefined, options: RejectOptions, command: Command) =>
      cli.withServer(command, async (server) => {
        const found = await findMigration(server, { ...options, name });
        const { gate, token } = await gateOf(cli, server, found, options);
        const reason = await reasonOf(cli, options.reason, `Why is gate ${gate} rejected?`);
        const message = { gate, token, by: options.by, reason };
        const told = `${found.name}: gate ${gate} is rejected; the migration is paused. To go on: bigswitch resume ${typed(found)}`;
        await sendAndTell({ cli, server, json: cli.globals(command).json }, found, 'reject', message, told);
      }),
    );
};
