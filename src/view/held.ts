import type { Status } from '../contract/messages';

/** Who holds a run and why, one sentence; undefined while nobody does. */
export function heldSentence({ pause, paused, asks }: Pick<Status, 'pause' | 'paused' | 'asks'>): string | undefined {
  if (!paused || asks !== undefined) return undefined;
  if (!pause) return 'Paused before the next change.';
  return `Paused by ${pause.by}${pause.reason ? `: ${pause.reason}` : ' before the next change'}.`;
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
