import {
  allHandlersFinished,
  CancelledFailure,
  condition,
  continueAsNew,
  type TemporalFailure,
} from '@temporalio/workflow';
import type { ReportFiles } from '../../contract/activities';
import { sentence } from './failures';
import type { CarriedOn, Migration } from './migration';
import { report } from '../phases/report';

/** How a migration ended, and where its report is. */
export interface MigrationResult {
  outcome: 'migrated' | 'rolled-back';
  reason?: string;
  report: ReportFiles;
}

/**
 * Writes the report and ends the run.
 * @throws CancelledFailure when it was rolled back because it was cancelled
 */
export async function finish(m: Migration): Promise<MigrationResult> {
  const { rollback } = m.state.data;
  const outcome = rollback ? 'rolled-back' : 'migrated';
  await m.background.stop();
  m.state.set({ outcome });
  m.state.begin('report');
  const files = await m.control.insist('report', () => report(m, outcome, rollback?.reason));
  m.state.end('report', `report in ${files.html}`);
  m.state.doing(outcome === 'migrated' ? `migrated; ${files.html}` : `rolled back; ${files.html}`);
  await allSaid(m);
  if (rollback?.cancelled) throw new CancelledFailure(`rolled back after a cancellation; report in ${files.html}`);
  return { outcome, reason: rollback?.reason, report: files };
}

/** A refused preflight gets a report too; that it can't be written changes nothing of the refusal. */
export async function lastWords(m: Migration, error: TemporalFailure): Promise<void> {
  await m.background.stop();
  m.state.set({ outcome: 'failed', doing: sentence(error) });
  try {
    await report(m, 'failed', sentence(error));
  } catch (second) {
    m.state.doing(`${sentence(error)}\n(no report: ${sentence(second)})`);
  }
  await allSaid(m);
}

/** Waits until nothing of what was said to the run, or is to be told of it, would be lost with its end. */
export async function allSaid(m: Migration): Promise<void> {
  await condition(allHandlersFinished);
  await m.notices.handedOver();
}

/** Goes on in a new run of the same workflow, with an empty history; nothing is under way here. */
export async function goOnInNewRun(m: Migration): Promise<never> {
  await m.background.stop();
  await allSaid(m);
  // Nothing is under way, so nothing is tried again.
  const next: CarriedOn = { plan: m.state.given, carried: { ...m.state.data, trying: undefined } };
  return continueAsNew<(input: unknown) => Promise<unknown>>(next);
}
