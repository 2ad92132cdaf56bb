import type { Command } from 'commander';
import { workflowIdOf } from '../../contract/names';
import { replayOpenRuns, type Among, type Replayed } from '../../replay';
import { counted } from '../../text/format';
import type { Cli } from '../cli';
import { CliError, EXIT } from '../exit';
import { say, sayJson } from '../io';
import { nameOf } from '../migrations';
import type { Server } from '../server';
import { table } from '../show/table';
import { withServer } from '../with-server';

/** Replays open runs with this build, and says which it can take. */
export async function run(cli: Cli, name: string | undefined, _: object, command: Command): Promise<void> {
  await withServer(cli, command, async (server) => {
    const runs = await server.ask(() =>
      replayOpenRuns(server.client, name === undefined ? {} : { among: belongsTo(name) }),
    );
    if (name !== undefined && runs.length === 0) throw nothingOpen(server, name);
    if (cli.globals(command).json) sayJson(cli.io, runs);
    else tell(cli, server, runs);
    cli.exitWith(runs.every(({ takes }) => takes) ? EXIT.OK : EXIT.FAILED);
  });
}

const CHILDREN = ['drainNode', 'deliverNotice'];

/** A migration, and the drains and notices that are children of it. */
const belongsTo =
  (name: string): Among =>
  ({ workflowId, type }) =>
    workflowId === workflowIdOf(name) || (CHILDREN.includes(type) && workflowId.startsWith(`${workflowIdOf(name)}-`));

function nothingOpen({ namespace, address }: Server, name: string): CliError {
  const message = `No run of ${name} is open in namespace "${namespace}" of ${address}`;
  return new CliError(EXIT.NOT_FOUND, message, '`bigswitch list --all` shows those that have ended.');
}

function tell({ io }: Cli, { namespace, address }: Server, runs: Replayed[]): void {
  if (runs.length === 0) return say(io, `No run is open in namespace "${namespace}" of ${address}.`);
  const rows = runs.map(({ workflowId, type, events, takes, reason }) => [
    nameOf(workflowId),
    type,
    counted(events, 'event'),
    takes ? 'this build can take it' : `can not be taken: ${reason}`,
  ]);
  say(io, table(io, rows, ['run', 'workflow', 'history', 'verdict']));
}
