export { startJudge } from './judge';
export { leftovers } from './leftovers';
export { lookAtLab, type Copy, type Look } from './look';
export { differences, snapshotHosts, type Difference, type Snapshot } from './snapshot';
export type { Excuse, FinishOptions, Judge, JudgeEvidence, JudgeOptions, Mode, Word } from './types';
export { verdict, type VerdictOptions } from './verdict';
export { weigh } from './weigh';
