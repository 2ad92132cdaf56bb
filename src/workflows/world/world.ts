import { ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import { ACTIVITY_NAMES, CATALOGUE, type Activities } from '../../contract/activities';
import { CHANGING, WRITES, type Kind } from '../../contract/activities/catalogue';
import { FAILURES } from '../../contract/failures';
import type { Under } from '../../contract/under';
import type { Plan } from '../../plan/schema';
import { summaryText } from '../../text/markdown';
import { failureType } from '../run/failures';
import { Calls } from './calls';
import { activityOptions } from './options';
import { Tries } from './tries';
import { Unreadable } from '../payload-converter';

/** So often a call that came too late on a host is made again, by itself: after a reset its number is of before that. */
const CALLED_AGAIN = 3;

/** What a world is made from, beside the plan. */
export interface WorldParts {
  /** Is awaited before each activity that changes the world: it holds the run while it is paused. */
  mayAct?: () => Promise<void>;
  /** Numbers what changes the world. */
  calls?: Calls;
  /** Run in which the word was given on which it is changed; undefined where it needs none. */
  word?: string;
  /** Knows what is under way, and is tried again. */
  tries?: Tries;
  /** Names of the hosts that were given up so far: a worker that knows the plan of before asks for it anew. */
  without?: () => readonly string[];
}

/** The world as a workflow asks it: every activity with the time-outs of its kind and a summary for the timeline. */
export function createWorld(plan: Plan, parts: WorldParts = {}): Activities {
  const { mayAct = async () => undefined, calls = new Calls(), word, tries = new Tries(), without = () => [] } = parts;
  const call = async (name: keyof Activities, args: unknown[]): Promise<unknown> => {
    const [kind, summaryOf] = CATALOGUE[name] as readonly [Kind, string | ((...args: unknown[]) => string)];
    const summary = summaryText(typeof summaryOf === 'string' ? summaryOf : summaryOf(...args));
    const proxy = proxyActivities<Record<string, (...args: unknown[]) => Promise<unknown>>>({
      ...activityOptions(kind, plan),
      summary,
    });
    const run = async (under?: Under) => {
      const gone = without();
      const told = gone.length > 0 ? { ...under, without: gone } : under;
      return proxy[name]?.(...(told ? [args[0], told] : args));
    };
    const underWay = tries.begin(name, args[0], summary);
    try {
      const result = WRITES.has(kind)
        ? await change(kind, run)
        : await run(kind === 'sample' ? calls.aside() : undefined);
      if (result instanceof Unreadable) throw ApplicationFailure.nonRetryable(`${name} gave an unreadable answer`);
      return result;
    } finally {
      tries.end(underWay);
    }
  };
  /** Tells an activity under what it acts, so that hosts can tell what is over. */
  const change = async (kind: Kind, run: (under: Under) => Promise<unknown>): Promise<unknown> => {
    for (let again = 0; ; again += 1) {
      if (CHANGING.has(kind)) await mayAct();
      const under = calls.begin();
      try {
        return await run(word === undefined ? under : { ...under, word });
      } catch (error) {
        if (failureType(error) !== FAILURES.GIVEN_UP || again >= CALLED_AGAIN) throw error;
      } finally {
        calls.end(under);
      }
    }
  };
  const entries = ACTIVITY_NAMES.map((name) => [name, (...args: unknown[]) => call(name, args)] as const);
  return Object.fromEntries(entries) as unknown as Activities;
}
