import { workflowInfo } from '@temporalio/workflow';
import type { GivenUpRecord, ReportFiles, ReportInput, RollbackRecord } from '../../contract/activities';
import type { Migration } from '../run/migration';
import { bridgeBytes } from '../state/samples';
import type { Data } from '../state/data';
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
    ...(data.leftOut && { leftOut: data.leftOut }),
    ...(data.givenUp && { givenUp: givenUpRecords(data) }),
  });
}

function rollbackRecord(m: Migration): RollbackRecord | undefined {
  const { rollback, rolledBack: stages } = m.state.data;
  if (!rollback) return undefined;
  const { by, reason, at, from } = rollback;
  return { by, reason, at, from, stages };
}

/** With what was changed on them: nobody can take it back there. */
function givenUpRecords({ givenUp = [], ledger, undone }: Data): GivenUpRecord[] {
  const gone = (host: string, step: string) => undone.some((one) => one.host === host && one.undone.includes(step));
  return givenUp.map((one) => ({
    ...one,
    left: ledger.filter(({ host, step, changed }) => host === one.host && changed && !gone(host, step)),
  }));
}
