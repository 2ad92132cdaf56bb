import type { View } from './view';

/** How good a word is: what a terminal and a page colour by. */
export type Tone = 'good' | 'warn' | 'bad';

/** A word, and how good it is. */
export interface Word {
  word: string;
  tone: Tone;
}

const OUTCOME: Record<View['outcome'], Word> = {
  running: { word: 'running', tone: 'good' },
  migrated: { word: 'migrated', tone: 'good' },
  'rolled-back': { word: 'rolled back', tone: 'warn' },
  'nothing-left': { word: 'nothing left to put right', tone: 'good' },
  failed: { word: 'failed', tone: 'bad' },
  stopped: { word: 'stopped from outside', tone: 'bad' },
};

/** What `wordOf` looks at; a view and a status both have it. */
export type Facts = Pick<View, 'outcome' | 'paused' | 'blocked' | 'asks'> & { gate?: object };

/**
 * What a run is, in a word or two; the command line, the terminal screen and the page all say it so. While it runs, what
 * keeps it waiting is said instead, the worst first.
 */
export function wordOf({ outcome, blocked, asks, paused, gate }: Facts): Word {
  if (outcome !== 'running') return OUTCOME[outcome];
  if (blocked !== undefined) return { word: 'blocked', tone: 'bad' };
  if (asks !== undefined) return { word: 'asks', tone: 'warn' };
  if (paused) return { word: 'paused', tone: 'warn' };
  return gate ? { word: 'waits for a person', tone: 'warn' } : OUTCOME.running;
}
