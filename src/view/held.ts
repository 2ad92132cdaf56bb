import type { Status } from '../contract/messages';

/** All who hold a run and why, one sentence; undefined while nobody does. */
export function heldSentence({
  heldBy = [],
  paused,
  asks,
}: Pick<Status, 'heldBy' | 'paused' | 'asks'>): string | undefined {
  if (heldBy.length === 0) return paused && asks === undefined ? 'Paused before the next change.' : undefined;
  const each = heldBy.map(({ by, reason }) => `by ${by}${reason ? `: ${reason}` : ' before the next change'}`);
  return `Paused ${each.join('; ')}.`;
}

/** How far the way back is, one sentence; undefined while it goes forward. */
export function rollbackSentence({ rollback }: Pick<Status, 'rollback'>): string | undefined {
  if (!rollback) return undefined;
  const { by, reason, stage, stagesDone, stagesLeft } = rollback;
  const all = stagesDone.length + stagesLeft.length + (stage === undefined ? 0 : 1);
  const where =
    stage === undefined
      ? `${stagesDone.length} of ${all} stages done`
      : `stage ${stagesDone.length + 1} of ${all}, ${stage}`;
  return `Rolled back by ${by}: ${reason}; ${where}.`;
}
