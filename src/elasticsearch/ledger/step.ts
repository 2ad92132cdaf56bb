import { ApplicationFailure } from '@temporalio/common';
import type { Scope } from '../scope';
import { FAILURES } from '../../contract/failures';
import type { LedgerEntry } from '../../contract/ledger';
import type { Phase } from '../../contract/phases';
import type { ClusterUndo } from '../../contract/kept-record';
import { forgetIndices, mergeUndo, readLedger, writeRecord, type ClusterRecord } from './records';
import { copyOf } from './second-copy';

/** One idempotent change of the cluster; the counterpart of a host's step. */
export interface ClusterStep {
  /** Unique in the migration; letters, digits and hyphens. */
  id: string;
  phase: Phase;
  /** What it does, one sentence in the story's words. */
  summary: string;
  /** Whether the cluster is already as wanted. Read-only. */
  check(): Promise<boolean>;
  /** Makes it so; may run again after a crash in the middle. Tells which indices were deleted before their change. */
  apply(): Promise<void | { gone: string[] }>;
  /** Whether it is proven; default: `check`. */
  verify?(): Promise<boolean>;
  /** What was before; kept on the hub before `apply`. */
  undo: ClusterUndo;
}

/**
 * Runs a step: check, keep the undo on the hub, apply, verify.
 * A record of an earlier try keeps its originals, because what is read now may be our own change.
 * @throws ApplicationFailure StepFailed when verify says no
 */
export async function applyClusterStep(scope: Scope, step: ClusterStep): Promise<LedgerEntry> {
  const ledger = await readLedger(scope);
  const known = ledger.find((record) => record.id === step.id);
  const entry = (changed: boolean, at: string, record?: ClusterRecord): LedgerEntry => ({
    host: scope.plan.hosts.hub.name,
    phase: step.phase,
    step: step.id,
    summary: step.summary,
    changed,
    at,
    ...(record && { kept: [copyOf(record)] }),
  });
  const wanted = await step.check();
  if (wanted) return entry(known !== undefined, known?.at ?? new Date().toISOString(), known);
  const at = known?.at ?? new Date().toISOString();
  const undo = known ? mergeUndo(known.undo, step.undo) : step.undo;
  const record = await writeRecord(scope, ledger, { id: step.id, phase: step.phase, summary: step.summary, at, undo });
  const { gone } = (await step.apply()) ?? { gone: [] };
  const left = await forgetIndices(scope, record, gone);
  if (!(await (step.verify ?? step.check)())) {
    throw ApplicationFailure.create({
      type: FAILURES.STEP_FAILED,
      message: `${step.summary}: the cluster did not become as wanted; it is tried again`,
    });
  }
  return entry(true, at, left);
}
