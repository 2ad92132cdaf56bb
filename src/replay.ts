import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { PAYLOAD_CONVERTER_PATH, workflowSource } from './bundle-workflows';

/** An open run, and whether the workflows of this build do what it has done. */
export interface Replayed {
  workflowId: string;
  runId: string;
  /** Name of its workflow. */
  type: string;
  /** Events of its history. */
  events: number;
  takes: boolean;
  /** Why not. */
  reason?: string;
}

const TYPES = ['migrateCluster', 'drainNode', 'cleanUp', 'planMigration', 'checkMigration', 'deliverNotice'];
const OPEN = `WorkflowType IN (${TYPES.map((type) => `'${type}'`).join(', ')}) AND ExecutionStatus = 'Running'`;

/** Whether an open run is one of those that are asked about. */
export type Among = (run: Pick<WorkflowExecutionInfo, 'workflowId' | 'type'>) => boolean;

/**
 * Replays every open run of a namespace with the workflows of this build: a worker of it can go on with those alone that it replays. Nothing
 * is changed, on the server or elsewhere, and no activity runs.
 * @param among which; default: all
 * @param workflowBundle workflows bundled beforehand; default: those of the build, else the sources
 * @see https://docs.temporal.io/develop/typescript/testing-suite#replay
 */
export async function replayOpenRuns(
  client: Client,
  { among = () => true, workflowBundle }: { among?: Among; workflowBundle?: { code: string } } = {},
): Promise<Replayed[]> {
  quiet();
  const source = workflowSource(workflowBundle);
  const open: WorkflowExecutionInfo[] = [];
  for await (const info of client.workflow.list({ query: OPEN })) if (among(info)) open.push(info);
  const replayed: Replayed[] = [];
  for (const { workflowId, runId, type } of open) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const options = { ...source, dataConverter: { payloadConverterPath: PAYLOAD_CONVERTER_PATH } };
    const known = { workflowId, runId, type, events: history.events?.length ?? 0 };
    for await (const { error } of Worker.runReplayHistories(options, [{ workflowId, history }])) {
      replayed.push(error ? { ...known, takes: false, reason: error.message } : { ...known, takes: true });
    }
  }
  return replayed;
}

/** The SDK tells of each worker that comes and goes. */
function quiet(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  } catch {
    // A process that has one already has its own log.
  }
}
