import type { Excuse, JudgeEvidence, Mode } from '../judge';
import type { ChaosScenario } from './scenario';
import type { FaultLog, Struck } from './fault-log';

/** How one scenario went; what out/chaos/*.json hold. */
export interface ChaosResult {
  scenario: string;
  seed: number;
  /** Short hash, with `+` when files were changed since. */
  commit: string;
  es: string;
  docs: number;
  endedAt: string;
  expected: Mode;
  /** What the run says of itself; the verdict does not rest on it. */
  outcome: string;
  ok: boolean;
  /** What was not as it must be. */
  broken: string[];
  struck: Struck[];
  excuses: Excuse[];
  /** How often a person had to help a run that was blocked. */
  resumes: number;
  /** Seconds from the start of the migration to its end. */
  seconds: number;
  /** Of that, seconds more than a run that nobody disturbed; absent where there is nothing to compare with. */
  lostSeconds?: number;
  /** From the judge; absent when it could not judge. */
  evidence?: Pick<
    JudgeEvidence,
    | 'requests'
    | 'failedRequests'
    | 'excusedRequests'
    | 'ackedWrites'
    | 'lostWrites'
    | 'duplicateWrites'
    | 'everBelowGreen'
    | 'excusedBelowGreenSeconds'
    | 'longestGapMs'
    | 'leftovers'
    | 'newNodeStarts'
    | 'appStarts'
    | 'oldNodeStarts'
  >;
}

/** What a result is put together from. */
export interface Ended {
  scenario: ChaosScenario;
  about: Pick<ChaosResult, 'seed' | 'commit' | 'es' | 'docs'>;
  outcome: string;
  broken: string[];
  faults: FaultLog;
  resumes: number;
  seconds: number;
  evidence?: JudgeEvidence;
  /** Seconds of a run that nobody disturbed, of the same data. */
  undisturbed?: number;
}

/** Puts together how a scenario went. */
export function resultOf(ended: Ended): ChaosResult {
  const { scenario, about, outcome, broken, faults, resumes, seconds, evidence, undisturbed } = ended;
  const comparable = undisturbed !== undefined && scenario.expected === 'migrated' && outcome === 'migrated';
  return {
    scenario: scenario.name,
    ...about,
    endedAt: new Date().toISOString(),
    expected: scenario.expected,
    outcome,
    ok: broken.length === 0,
    broken,
    struck: faults.struck,
    excuses: faults.excuses,
    resumes,
    seconds: Math.round(seconds),
    ...(comparable ? { lostSeconds: Math.round(seconds - undisturbed) } : {}),
    ...(evidence ? { evidence: chosen(evidence) } : {}),
  };
}

function chosen(evidence: JudgeEvidence): ChaosResult['evidence'] {
  const { requests, failedRequests, excusedRequests, ackedWrites, lostWrites, duplicateWrites } = evidence;
  const { everBelowGreen, excusedBelowGreenSeconds, longestGapMs, leftovers } = evidence;
  const { newNodeStarts, appStarts, oldNodeStarts } = evidence;
  return {
    ...{ requests, failedRequests, excusedRequests, ackedWrites, lostWrites, duplicateWrites },
    ...{ everBelowGreen, excusedBelowGreenSeconds, longestGapMs, leftovers },
    ...{ newNodeStarts, appStarts, oldNodeStarts },
  };
}
