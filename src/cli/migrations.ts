import { shellWord } from '../text/shell';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { workflowIdOf } from '../contract/names';
import { CliError, EXIT } from './exit';
import type { Server } from './server';

/** A migration as the Temporal server lists it. */
export interface Listed {
  /** The plan's name. */
  name: string;
  workflowId: string;
  runId: string;
  /** `migrateCluster`, or `cleanUp` for what is put right after a terminated one. */
  type: string;
  taskQueue: string;
  /** Temporal's word for how it is: `RUNNING`, `COMPLETED`, `FAILED`, … */
  status: string;
  startedAt: string;
  closedAt?: string;
}

/** Which migration a command is about, as it was said on the command line. */
export interface Which {
  name?: string;
  workflowId?: string;
}

/** Migrations that are listed when all are asked for. */
const LISTED_AT_MOST = 200;
const TYPES = "WorkflowType IN ('migrateCluster', 'cleanUp')";
const PREFIX = workflowIdOf('');

/** Migrations that run, newest first; with `all` those that have ended too. */
export async function listMigrations(server: Server, { all = false } = {}): Promise<Listed[]> {
  const query = all ? TYPES : `${TYPES} AND ExecutionStatus = 'Running'`;
  const listed: Listed[] = [];
  for await (const info of server.client.workflow.list({ query })) {
    if (listed.push(listedOf(info)) >= LISTED_AT_MOST) break;
  }
  return listed.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

/** What the server says of an execution, in our words. */
export function listedOf(info: Omit<WorkflowExecutionInfo, 'raw'>): Listed {
  return {
    name: nameOf(info.workflowId),
    workflowId: info.workflowId,
    runId: info.runId,
    type: info.type,
    taskQueue: info.taskQueue,
    status: info.status.name,
    startedAt: info.startTime.toISOString(),
    ...(info.closeTime && { closedAt: info.closeTime.toISOString() }),
  };
}

/** Name of the migration with this workflow id. */
export function nameOf(workflowId: string): string {
  return workflowId.startsWith(PREFIX) ? workflowId.slice(PREFIX.length) : workflowId;
}

/** What to type so that a command is about this migration: its name, or its workflow id where that is not of the name. */
export function typed({ name, workflowId }: Pick<Listed, 'name' | 'workflowId'>): string {
  return workflowId === workflowIdOf(name) ? shellWord(name) : `--workflow-id ${shellWord(workflowId)}`;
}

/**
 * The migration that a command is about: the one that is named, else the only one that runs; with `ended` else the
 * newest that has ended.
 * @throws CliError NOT_FOUND when there is none; USAGE, with all of them listed, when there are several
 */
export async function findMigration(
  server: Server,
  which: Which,
  { ended = false }: { ended?: boolean } = {},
): Promise<Listed> {
  const workflowId = which.workflowId ?? (which.name === undefined ? undefined : workflowIdOf(which.name));
  if (workflowId !== undefined) {
    return listedOf(await server.ask(() => server.client.workflow.getHandle(workflowId).describe()));
  }
  const running = await listMigrations(server);
  if (running.length > 1) throw several(running);
  const [only] = running;
  if (only) return only;
  const [newest] = await listMigrations(server, { all: true });
  if (ended && newest) return newest;
  const last = newest ? `; the last was ${newest.name}, ${newest.status.toLowerCase()}` : '';
  throw new CliError(
    EXIT.NOT_FOUND,
    `No migration is running in namespace "${server.namespace}" of ${server.address}${last}`,
    newest
      ? `Name it if it is the one you mean: \`bigswitch … ${typed(newest)}\`.`
      : 'Start one: `bigswitch start plan.yaml`. If it runs elsewhere, see --address and --namespace.',
  );
}

function several(running: Listed[]): CliError {
  const lines = running.map(({ name, workflowId, startedAt }) => `  ${name}   ${workflowId}, since ${startedAt}`);
  return new CliError(
    EXIT.USAGE,
    `${running.length} migrations are running:\n${lines.join('\n')}`,
    'Say which one: give its name.',
  );
}
