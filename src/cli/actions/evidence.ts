import type { Command } from 'commander';
import { RunningMigration } from '../../client';
import type { Cli } from '../cli';
import { CliError, EXIT } from '../exit';
import { say, sayJson } from '../io';
import { findMigration, typed, type Which } from '../migrations';
import { showEvidence } from '../show/evidence';
import { withServer } from '../with-server';

/** Shows the evidence of the open gate, or of the last one. */
export async function run(cli: Cli, name: string | undefined, options: Which, command: Command): Promise<void> {
  await withServer(cli, command, async (server) => {
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
  });
}
