import { proxyActivities } from '@temporalio/workflow';
import type { SideActivities } from '../../contract/side-activities';
import { summaryText } from '../../text/markdown';
import { sideOptions } from './options';

/** Asks the worker for something beside the migration, with the time-outs of that and a summary for the timeline. */
export function aside<K extends keyof SideActivities>(name: K, summary: string): SideActivities[K] {
  return proxyActivities<SideActivities>({ ...sideOptions(name), summary: summaryText(summary) })[name];
}
