import type { DryRun, DryRunChange } from '../../contract/dry-run';

/** A payload of Temporal ends at 2 MB; what it is wrapped in needs room too. */
export const MOST_BYTES = 1_500_000;
/** Lines of a diff or of rules that are kept, less and less, until all of it fits. */
const LINES = [400, 100, 30, 8, 0];
/** Moves that are kept at the end; the largest count. */
const MOVES = 4000;

/** The dry run with as many lines as fit into one answer; what is left out is counted, sums are not touched. Pure. */
export function fitted(whole: DryRun, mostBytes = MOST_BYTES): DryRun {
  if (size(whole) <= mostBytes) return whole;
  for (const lines of LINES) {
    const cut = {
      ...whole,
      steps: whole.steps.map((step) => ({ ...step, changes: step.changes.map(shorten(lines)) })),
    };
    if (size(cut) <= mostBytes) return cut;
    if (lines === 0) return fewerMoves(cut);
  }
  return whole;
}

function size(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function shorten(most: number): (change: DryRunChange) => DryRunChange {
  return (change) => {
    if (change.kind === 'file' && change.diff !== undefined) {
      const lines = change.diff.split('\n');
      if (lines.length <= most) return change;
      return { ...change, diff: lines.slice(0, most).join('\n'), linesLeftOut: lines.length - most };
    }
    if (change.kind === 'rules') {
      const left = Math.max(0, change.added.length - most) + Math.max(0, change.removed.length - most);
      if (left === 0) return change;
      return {
        ...change,
        added: change.added.slice(0, most),
        removed: change.removed.slice(0, most),
        linesLeftOut: left,
      };
    }
    return change;
  };
}

function fewerMoves(dryRun: DryRun): DryRun {
  const left = dryRun.moves.length - MOVES;
  if (left <= 0) return dryRun;
  const largest = new Set([...dryRun.moves].sort((a, b) => b.bytes - a.bytes).slice(0, MOVES));
  const why = 'there are too many for one answer; the sums of bytes hold them';
  return {
    ...dryRun,
    moves: dryRun.moves.filter((move) => largest.has(move)),
    unknown: [...dryRun.unknown, { what: `where ${left} smaller shard copies go`, why }],
  };
}
