import { defineSignal } from '@temporalio/workflow';
import { z } from 'zod';
import { MOST_TRIES, TRIED_SIGNAL, type TriesTold, type Trying } from '../../contract/trying';
import { time, word } from './texts';

const why = z.string().max(1000);
const attempt = z.number().int().positive().max(100_000);

/** Shape of {@link TriesTold}: it is a signal like any other, so it is not trusted. */
export const TRIES_TOLD: z.ZodType<TriesTold> = z.object({
  tries: z
    .array(z.object({ activity: word, host: word.optional(), scheduled: time, attempt, why, next: time }))
    .max(MOST_TRIES),
});

/** What the child workflow tells its parent of what it tries again: nothing of it has changed anything. */
export interface DrainTries {
  host: string;
  /** First run of the child. */
  run: string;
  trying: Trying[];
}

/** Shape of {@link DrainTries}; not trusted either. */
export const DRAIN_TRIES: z.ZodType<DrainTries> = z.object({
  host: word,
  run: word,
  trying: z
    .array(z.object({ what: why, host: word.optional(), attempt, why, since: time, next: time }))
    .max(MOST_TRIES),
});

/** Signal from an activity to its own workflow. */
export const triedSignal = defineSignal<[unknown]>(TRIED_SIGNAL);

/** Signal from the child that drains a node to its parent. */
export const drainTriesSignal = defineSignal<[unknown]>('drainTries');
