import type { ReportInput } from '../contract/activities';
import type { Plan } from '../plan/schema';
import { isWaived } from '../plan/waive';
import { figures, secondsBetween } from './figures';
import { reportSchema, type Report } from '../contract/report';
import { verdict } from './verdict';

/**
 * Makes the report from what the workflow knows.
 * @throws ZodError when the input does not have the shape of `reportSchema`: a report that lies about its schema is none
 */
export function buildReport(plan: Plan, input: ReportInput): Report {
  const changes = recordedChanges(input);
  const summaries = new Map(input.ledger.map((entry) => [key(entry), entry.summary]));
  const undone = input.undone.flatMap(({ host, undone: steps }) =>
    steps.map((step) => ({ host, step, summary: summaries.get(key({ host, step })) })),
  );
  const measured = figures(plan, input);
  const stays = changes.filter((change) => change.stays).length;
  return reportSchema.parse({
    schemaVersion: 1,
    name: plan.name,
    workflowId: input.workflowId,
    runId: input.runId,
    outcome: input.outcome,
    reason: input.reason,
    verdict: verdict({ plan, input, figures: measured, undone: undone.length, stays }),
    startedAt: input.startedAt,
    endedAt: input.endedAt,
    hosts: {
      hub: plan.hosts.hub.name,
      old: plan.hosts.old.map(({ name }) => name),
      new: plan.hosts.new.map(({ name }) => name),
      apps: plan.hosts.apps.map(({ name }) => name),
    },
    cluster: input.cluster,
    bridge: input.bridge,
    figures: measured,
    phases: input.phases.map((phase) => ({
      ...phase,
      seconds: phase.endedAt === undefined ? undefined : secondsBetween(phase.startedAt, phase.endedAt),
    })),
    gates: input.gates.map((gate) => ({ ...gate, waitedSeconds: secondsBetween(gate.openedAt, gate.passedAt) })),
    checks: input.checks.map((check) => ({ ...check, waived: check.result === 'failed' && isWaived(plan, check) })),
    audit: input.audit,
    changes,
    undone,
    samples: [...input.samples].sort((a, b) => a.t - b.t),
    rollback: input.rollback && {
      ...input.rollback,
      seconds: secondsBetween(input.rollback.at, input.rollback.stages.at(-1)?.endedAt ?? input.endedAt),
      stages: input.rollback.stages.map((stage) => ({
        ...stage,
        seconds: secondsBetween(stage.startedAt, stage.endedAt),
      })),
    },
    givenUp: input.givenUp,
    leftOut: input.leftOut,
    proof: input.proof,
  });
}

function key({ host, step }: { host: string; step: string }): string {
  return `${host}\n${step}`;
}

/** A retried activity hands the same entry back twice: it is one change. */
function recordedChanges({ ledger, undone }: ReportInput): Report['changes'] {
  const gone = new Set(undone.flatMap(({ host, undone: steps }) => steps.map((step) => key({ host, step }))));
  const changes = new Map<string, Report['changes'][number]>();
  for (const entry of ledger) {
    const earlier = changes.get(key(entry));
    const changed = entry.changed || earlier?.changed === true;
    changes.set(key(entry), {
      ...entry,
      at: earlier?.at ?? entry.at,
      changed,
      stays: changed && !gone.has(key(entry)),
    });
  }
  return [...changes.values()];
}
