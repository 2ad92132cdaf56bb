import { workflowInfo } from '@temporalio/workflow';
import type { Evidence } from '../../contract/evidence';
import type { Data } from '../state/data';

/** Why a gate opens anew in a run that a reset made. */
export const WAS_RESET =
  'the run was reset (or its worker renewed) since; a word that was given before does not count any more';

/**
 * Whether both were gathered in the same run. The workflow itself can't ask: its run id is another one after a reset, and so no
 * part of what is replayed. What an activity says of itself is.
 */
export function ofOneRun(one: Evidence, other: Evidence): boolean {
  return one.run === other.run;
}

/**
 * What was carried into a run that goes on where the one before ended: words of that one count in this one, as nobody has reset
 * anything in between. The ids are those that this run was started with, which a reset of it does not change.
 */
export function carriedWords(carried: Data): Data {
  const { continuedFromExecutionRunId: before, originalExecutionRunId: here } = workflowInfo();
  const moved = (evidence: Evidence): Evidence =>
    evidence.run !== undefined && evidence.run === before ? { ...evidence, run: here } : evidence;
  const { gate, word, passed } = carried;
  return {
    ...carried,
    ...(word && { word: { ...word, evidence: moved(word.evidence) } }),
    passed: passed.map((one) => ({ ...one, evidence: moved(one.evidence) })),
    ...(gate && { gate: { ...gate, evidence: moved(gate.evidence) } }),
  };
}
