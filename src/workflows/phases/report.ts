import { workflowInfo } from '@temporalio/workflow';
import type { ReportFiles, ReportInput, RollbackRecord } from '../../contract/activities';
import type { Migration } from '../run/migration';
import { bridgeBytes } from '../state/samples';
import { now } from '../state/state';

/** Phase 9: what happened, who approved what on which evidence, timings and bytes, as HTML and JSON on the worker. */
export async function report(m: Migration, outcome: ReportInput['outcome'], reason?: string): Promise<ReportFiles> {
  const { data } = m.state;
  const { workflowId, runId } = workflowInfo();
  return m.world.writeReport({
    outcome,
    reason,
    workflowId,
    runId,
    startedAt: data.startedAt,
    endedAt: now(),
    cluster: data.cluster,
    bridge: data.bridge,
    bridgeBytes: bridgeBytes(data.samples),
    phases: data.phases,
    checks: data.checks,
    gates: data.passed,
    audit: data.audit,
    ledger: data.ledger,
    undone: data.undone,
    samples: data.samples,
    rollback: rollbackRecord(m),
    proof: data.proof,
  });
}

function rollbackRecord(m: Migration): RollbackRecord | undefined {
  const { rollback, rolledBack: stages } = m.state.data;
  if (!rollback) return undefined;
  const { by, reason, at, from } = rollback;
  return { by, reason, at, from, stages };
}
