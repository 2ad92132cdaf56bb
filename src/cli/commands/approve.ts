import type { Command } from 'commander';
import { examples, type Register } from '../cli';
import { confirmGate, gateOf, type GateFlags } from '../gates';
import { findMigration } from '../migrations';
import { byOption, nameArgument, workflowIdOption } from '../options';
import { sendAndTell } from '../send';

interface ApproveOptions extends GateFlags {
  by: string;
  note?: string;
  workflowId?: string;
}

/** `bigswitch approve`: says yes to the open gate. */
export const approveCommand: Register = (program, cli) => {
  program
    .command('approve')
    .description('Approves the open gate, after it has shown its evidence. Says whether it was accepted, and why not.')
    .addArgument(nameArgument())
    .option('--gate <gate>', 'big-switch, drain:HOST or teardown; default: the open one')
    .option('--token <token>', 'token of the gate as `status` shows it; needed without a terminal')
    .option('--yes', 'with --token: do not ask again')
    .addOption(byOption())
    .option('--note <text>', 'kept in the audit')
    .addOption(workflowIdOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch approve', 'the open gate of the one migration that runs'],
        ['bigswitch approve shop --gate big-switch --token 1a2b3c4d', 'only if this is still its token'],
        ['bigswitch approve --token 1a2b3c4d --yes --by ann', 'without a question, as in a script'],
      ),
    )
    .action((name: string | undefined, options: ApproveOptions, command: Command) =>
      cli.withServer(command, async (server) => {
        const { by, note, token: given, yes } = options;
        const found = await findMigration(server, { ...options, name });
        const { gate, token, open } = await gateOf(cli, server, found, options);
        if (open && cli.io.interactive && !(given !== undefined && yes)) await confirmGate(cli, open);
        const { json } = cli.globals(command);
        const told = `${found.name}: the approval of gate ${gate} by ${by} is accepted.`;
        await sendAndTell({ cli, server, json }, found, 'approve', { gate, token, by, note }, told);
      }),
    );
};
