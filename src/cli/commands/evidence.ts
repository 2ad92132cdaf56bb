import type { Command } from 'commander';
import { RunningMigration } from '../../client';
import { examples, type Register } from '../cli';
import { CliError, EXIT } from '../exit';
import { say, sayJson } from '../io';
import { findMigration, typed, type Which } from '../migrations';
import { nameArgument, workflowIdOption } from '../options';
import { showEvidence } from '../show/evidence';

/** `bigswitch evidence`: the facts of the open gate, or of the last one. */
export const evidenceCommand: Register = (program, cli) => {
  program
    .command('evidence')
    .description('Shows the evidence of the open gate, or of the last one.')
    .addArgument(nameArgument())
    .addOption(workflowIdOption())
    .addHelpText('after', examples(['bigswitch evidence', ''], ['bigswitch evidence shop --json', 'for programs']))
    .action((name: string | undefined, options: Which, command: Command) =>
      cli.withServer(command, async (server) => {
        const found = await findMigration(server, { ...options, name }, { ended: true });
        const evidence = await server.ask(() => new RunningMigration(server.client, found.workflowId).evidence());
        if (!evidence) {
          throw new CliError(
            EXIT.NOT_FOUND,
            `${found.name} has no evidence yet: no gate was opened so far`,
            `See how far it is: \`bigswitch status ${typed(found)}\`.`,
          );
        }
        if (cli.globals(command).json) sayJson(cli.io, evidence);
        else say(cli.io, showEvidence(cli.io, evidence));
      }),
    );
};
