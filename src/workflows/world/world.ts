import { ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import { ACTIVITY_NAMES, CATALOGUE, type Activities } from '../../contract/activities';
import { CHANGING, type Kind } from '../../contract/activities/catalogue';
import type { Plan } from '../../plan/schema';
import { summaryText } from '../../text/markdown';
import { activityOptions } from './options';
import { Unreadable } from '../payload-converter';

/**
 * The world as a workflow asks it: every activity with the time-outs of its kind and a summary for the timeline.
 * @param mayAct is awaited before each activity that changes the world: it holds the run while it is paused
 */
export function createWorld(plan: Plan, mayAct: () => Promise<void>): Activities {
  const call = async (name: keyof Activities, args: unknown[]): Promise<unknown> => {
    const [kind, summaryOf] = CATALOGUE[name] as readonly [Kind, string | ((...args: unknown[]) => string)];
    if (CHANGING.has(kind)) await mayAct();
    const summary = summaryText(typeof summaryOf === 'string' ? summaryOf : summaryOf(...args));
    const proxy = proxyActivities<Record<string, (...args: unknown[]) => Promise<unknown>>>({
      ...activityOptions(kind, plan),
      summary,
    });
    const result = await proxy[name]?.(...args);
    if (result instanceof Unreadable) throw ApplicationFailure.nonRetryable(`${name} gave an unreadable answer`);
    return result;
  };
  const entries = ACTIVITY_NAMES.map((name) => [name, (...args: unknown[]) => call(name, args)] as const);
  return Object.fromEntries(entries) as unknown as Activities;
}
