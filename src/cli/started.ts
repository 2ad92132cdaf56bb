import type { Command } from 'commander';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { Status } from '../contract/messages';
import { runLink } from '../links';
import type { Cli } from './cli';
import { EXIT } from './exit';
import { follow } from './follow';
import { note, say, sayJson } from './io';
import { nameOf, typed } from './migrations';
import type { Server } from './server';

/** Options of the commands that start a workflow. */
export interface StartingOptions {
  taskQueue: string;
  workflowId?: string;
  wait?: boolean;
}

/**
 * Says what was started and how to go on; with `--wait` it stays until that has ended.
 * @param what what was started, after its name, for example `is started`
 * @param good outcomes with which the command has done its work
 */
export async function tellStarted(
  { cli, server, command }: { cli: Cli; server: Server; command: Command },
  {
    workflowId,
    firstExecutionRunId: runId,
  }: Pick<WorkflowHandleWithFirstExecutionRunId, 'workflowId' | 'firstExecutionRunId'>,
  options: StartingOptions,
  what: string,
  good: Status['outcome'][],
): Promise<void> {
  const { io } = cli;
  const { json } = cli.globals(command);
  const ui = await server.ui();
  const link = ui && runLink(ui, workflowId, server.namespace, runId);
  const worker = await server.hasWorker(options.taskQueue);
  const name = nameOf(workflowId);
  if (!json) {
    say(io, `${name} ${what}: ${workflowId} in namespace "${server.namespace}" of ${server.address}`);
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
  cli.exitWith(execution === 'COMPLETED' && status && good.includes(status.outcome) ? EXIT.OK : EXIT.FAILED);
}

/** What to say where nobody takes the work. */
export function noWorker(taskQueue: string): string {
  return `Warning: no worker polls the task queue "${taskQueue}", so nothing happens until one does: \`bigswitch worker\`.`;
}
