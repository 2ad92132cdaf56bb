import type { Command } from 'commander';
import { startMigration } from '../../client';
import { runLink } from '../../links';
import { readPlanFile } from '../../plan/load';
import type { PlanInput } from '../../plan/schema';
import { examples, type Cli, type Register } from '../cli';
import { EXIT } from '../exit';
import { follow } from '../follow';
import { note, say, sayJson } from '../io';
import { nameOf, typed } from '../migrations';
import { taskQueueOption } from '../options';
import type { Server } from '../server';

interface StartOptions {
  taskQueue: string;
  workflowId?: string;
  wait?: boolean;
}

/** `bigswitch start`: starts a migration. */
export const startCommand: Register = (program, cli) => {
  program
    .command('start')
    .description('Starts a migration. It asks at its gates before anything that can not be undone.')
    .argument('<plan>', 'plan file, YAML or JSON')
    .option('--wait', 'stay, tell how it goes, and end when it has ended')
    .option('--workflow-id <id>', 'another workflow id than bigswitch-NAME')
    .addOption(taskQueueOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch start plan.yaml', 'start, and come back'],
        ['bigswitch start plan.yaml --wait', 'stay until it has ended: 0 only when it is migrated'],
        ['bigswitch start plan.yaml --profile prod', "on the server of a profile of Temporal's configuration"],
      ),
    )
    .action((path: string, options: StartOptions, command: Command) =>
      cli.withServer(command, (server) => start(cli, server, command, path, options)),
    );
};

async function start(cli: Cli, server: Server, command: Command, path: string, options: StartOptions): Promise<void> {
  const { io } = cli;
  const { json } = cli.globals(command);
  // The input is checked by startMigration, and sent as it was written.
  const handle = await startMigration(server.client, readPlanFile(path) as PlanInput, options);
  const { workflowId, firstExecutionRunId: runId } = handle;
  const ui = await server.ui();
  const link = ui && runLink(ui, workflowId, server.namespace, runId);
  const worker = await server.hasWorker(options.taskQueue);
  const name = nameOf(workflowId);
  if (!json) {
    say(io, `${name} is started: ${workflowId} in namespace "${server.namespace}" of ${server.address}`);
    if (link) say(io, `In the UI: ${link}`);
    if (!options.wait) say(io, `How it goes: bigswitch status ${typed({ name, workflowId })}`);
  }
  if (!worker) note(io, noWorker(options.taskQueue));
  if (!options.wait) {
    if (json) sayJson(io, { name, workflowId, runId, link, worker });
    return;
  }
  const { execution, status } = await follow({ io, server }, workflowId);
  if (json) sayJson(io, { name, workflowId, runId, link, worker, execution, status });
  else say(io, `${name}: ${status?.outcome ?? execution.toLowerCase()}. ${status?.doing ?? ''}`.trimEnd());
  cli.exitWith(execution === 'COMPLETED' && status?.outcome === 'migrated' ? EXIT.OK : EXIT.FAILED);
}

/** What to say where nobody takes the work. */
export function noWorker(taskQueue: string): string {
  return `Warning: no worker polls the task queue "${taskQueue}", so nothing happens until one does: \`bigswitch worker\`.`;
}
