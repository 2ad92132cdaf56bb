import { ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../contract/activities';
import type { Plan } from '../../plan/schema';
import { CATALOGUE } from './catalogue';
import { activityOptions, WAITS_WHILE_PAUSED, type Kind } from './options';
import { Unreadable } from '../payload-converter';

/** UIs cut a summary at 200 bytes. */
const SUMMARY_LENGTH = 200;

/**
 * The world as a workflow asks it: every activity with the time-outs of its kind and a summary for the timeline.
 * @param mayAct is awaited before each activity that changes the world: it holds the run while it is paused
 */
export function createWorld(plan: Plan, mayAct: () => Promise<void>): Activities {
  const call = async (name: keyof Activities, args: unknown[]): Promise<unknown> => {
    const [kind, summaryOf] = CATALOGUE[name] as readonly [Kind, string | ((...args: unknown[]) => string)];
    if (WAITS_WHILE_PAUSED.has(kind)) await mayAct();
    const summary = (typeof summaryOf === 'string' ? summaryOf : summaryOf(...args)).slice(0, SUMMARY_LENGTH);
    const proxy = proxyActivities<Record<string, (...args: unknown[]) => Promise<unknown>>>({
      ...activityOptions(kind, plan),
      summary,
    });
    const result = await proxy[name]?.(...args);
    if (result instanceof Unreadable) throw ApplicationFailure.nonRetryable(`${name} gave an unreadable answer`);
    return result;
  };
  const names = Object.keys(CATALOGUE) as (keyof Activities)[];
  const entries = names.map((name) => [name, (...args: unknown[]) => call(name, args)] as const);
  return Object.fromEntries(entries) as unknown as Activities;
}
