import type { Command } from 'commander';
import { RunningMigration } from '../../client';
import { runLink } from '../../links';
import { examples, type Cli, type Register } from '../cli';
import { note, say, sayJson } from '../io';
import { findMigration, type Which } from '../migrations';
import { nameArgument, workflowIdOption } from '../options';
import type { Server } from '../server';
import { showStatus } from '../show/status';
import { noWorker } from '../started';

/** `bigswitch status`: where a migration is, and what it waits for. */
export const statusCommand: Register = (program, cli) => {
  program
    .command('status')
    .description('Shows where a migration is, what it waits for, and what to type.')
    .addArgument(nameArgument())
    .addOption(workflowIdOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch status', 'the one that runs, or the last one'],
        ['bigswitch status shop --json | jq .status.gate', 'the open gate with its evidence and token'],
      ),
    )
    .action((name: string | undefined, options: Which, command: Command) =>
      cli.withServer(command, (server) => status(cli, server, command, { ...options, name })),
    );
};

async function status(cli: Cli, server: Server, command: Command, which: Which): Promise<void> {
  const { io } = cli;
  const { name, workflowId, runId, taskQueue, status: execution } = await findMigration(server, which, { ended: true });
  if (execution === 'RUNNING' && !(await server.hasWorker(taskQueue))) note(io, noWorker(taskQueue));
  const status = await server.ask(() => new RunningMigration(server.client, workflowId).status());
  const ui = await server.ui();
  const view = {
    name,
    workflowId,
    runId,
    execution,
    status,
    link: ui && runLink(ui, workflowId, server.namespace, runId),
  };
  if (cli.globals(command).json) sayJson(io, view);
  else say(io, showStatus(io, view, Date.now()));
}
