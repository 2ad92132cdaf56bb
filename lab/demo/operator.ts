import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { OpenGate, Status } from '../../src/contract/messages';
import { runLink } from '../../src/links';
import type { Word } from '../judge';
import { duration, type Teller } from './narrator';
import { TASK_QUEUE } from '../../src/client';
import type { TemporalServer } from './temporal';

/** How the migration ended. */
export interface Ended {
  ok: boolean;
  /** What the workflow said when it failed. */
  message?: string;
  /** What it gave back, when it says so. */
  outcome?: string;
  status?: Status;
}

/** Starts a workflow as a person would: with the real CLI and a plan as JSON. */
export async function startMigration(
  temporal: TemporalServer,
  workflowId: string,
  planFile: string,
  type: 'migrateCluster' | 'cleanUp' = 'migrateCluster',
): Promise<void> {
  await temporal.cli([
    ...['workflow', 'start', '--type', type, '--task-queue', TASK_QUEUE, '--workflow-id', workflowId],
    ...['--input-file', planFile, '--static-summary', 'Moves the shop cluster to its new servers'],
    ...['--id-conflict-policy', 'Fail'],
  ]);
}

/** Longest time for which the server may give no answer, seconds: one that was killed is started again sooner. */
const LONGEST_SILENCE_SECONDS = 180;

/** How the operator goes about it. */
export interface OperateOptions {
  /** Only print what a person can type. */
  manual: boolean;
  signal: AbortSignal;
  /** Gates that are not to be approved for now. */
  holds?: (gate: OpenGate) => boolean;
  /** Is told each approval, when it is sent. */
  said?: (word: Word) => void;
  /** Is given each status that was seen. */
  watch?: (status: Status) => Promise<void>;
}

/**
 * Plays the operator: tells what happens, looks at each gate's evidence and approves it by the real CLI.
 * @throws Error when the server gives no answer for three minutes
 */
export async function operate(
  temporal: TemporalServer,
  workflowId: string,
  narrator: Teller,
  options: OperateOptions,
): Promise<Ended> {
  const handle = temporal.client.workflow.getHandle(workflowId);
  const told = { phase: '', doing: '', gateToken: '', lastTold: 0 };
  let status: Status | undefined;
  let answered = Date.now();
  while (!options.signal.aborted) {
    try {
      const seen = await queryStatus(handle);
      if (seen) {
        status = seen;
        tell(seen, told, narrator);
        await options.watch?.(seen);
        if (seen.gate && seen.gate.token !== told.gateToken && !options.holds?.(seen.gate)) {
          await atGate(temporal, workflowId, seen.gate, narrator, options);
          told.gateToken = seen.gate.token;
        }
      }
      const { status: execution } = await handle.describe();
      if (execution.name !== 'RUNNING')
        return { ...(await outcome(handle)), status: (await queryStatus(handle)) ?? status };
      answered = Date.now();
    } catch (error) {
      // Temporal itself may be down for a while; the run goes on when it is back.
      if (Date.now() - answered > LONGEST_SILENCE_SECONDS * 1000) throw error;
    }
    await sleep(500);
  }
  throw new Error('interrupted');
}

async function queryStatus(handle: WorkflowHandle): Promise<Status | undefined> {
  try {
    return await handle.query<Status>('status');
  } catch {
    // Before the first workflow task, and while the worker restarts, there is no answer: the next look will have one.
    return undefined;
  }
}

function tell(status: Status, told: { phase: string; doing: string; lastTold: number }, narrator: Teller): void {
  if (status.phase !== told.phase) narrator.part(`phase ${status.phase}`);
  const progress = status.progress;
  const moved = progress ? ` (${progress.shardsTotal - progress.shardsLeft}/${progress.shardsTotal} shards)` : '';
  const eta = progress?.etaSeconds ? `, about ${duration(progress.etaSeconds * 1000)} left` : '';
  const doing = status.doing;
  if (doing !== told.doing && (status.phase !== told.phase || Date.now() - told.lastTold > 2000)) {
    narrator.event(doing);
    told.lastTold = Date.now();
    told.doing = doing;
  }
  narrator.progress(`${status.phase}: ${doing}${moved}${eta}`);
  told.phase = status.phase;
}

async function atGate(
  temporal: TemporalServer,
  workflowId: string,
  gate: OpenGate,
  narrator: Teller,
  { manual, said }: OperateOptions,
): Promise<void> {
  narrator.part(`gate ${gate.gate} is open; its evidence:`);
  for (const fact of gate.evidence.facts) narrator.result(fact.ok, `${fact.name}: ${fact.seen}`);
  if (manual || !gate.evidence.holds) {
    narrator.warn(
      gate.evidence.holds
        ? `to go on, type (or use ${runLink(temporal.uiUrl, workflowId)}):`
        : 'it does not hold; it is taken again by itself',
    );
    if (gate.evidence.holds) narrator.warn(gate.command);
    return;
  }
  const approval = {
    gate: gate.gate,
    token: gate.token,
    by: 'demo-operator',
    note: 'every fact of the evidence holds',
  };
  said?.({ gate: gate.gate, at: Date.now() });
  await temporal.cli([
    ...['workflow', 'signal', '--workflow-id', workflowId, '--name', 'approve'],
    ...['--input', JSON.stringify(approval)],
  ]);
  narrator.event(`approved with token ${gate.token}`);
}

async function outcome(handle: WorkflowHandle): Promise<Ended> {
  try {
    const result = (await handle.result()) as { outcome?: string } | undefined;
    return { ok: true, outcome: result?.outcome };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { ok: false, message: deepest(error) };
  }
}

function deepest(error: Error): string {
  let current: Error = error;
  while (current.cause instanceof Error) current = current.cause;
  return current.message;
}
