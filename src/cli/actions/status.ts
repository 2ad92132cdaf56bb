import type { Command } from 'commander';
import { RunningMigration } from '../../client';
import { runLink } from '../../links';
import type { Cli } from '../cli';
import { note, say, sayJson } from '../io';
import { findMigration, type Which } from '../migrations';
import type { Server } from '../server';
import { showStatus } from '../show/status';
import { noWorker } from '../started';
import { withServer } from '../with-server';

/** Shows where a migration is. */
export async function run(cli: Cli, name: string | undefined, options: Which, command: Command): Promise<void> {
  await withServer(cli, command, (server) => status(cli, server, command, { ...options, name }));
}

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
