import { join } from 'node:path';
import { ROOT } from '../paths';
import { PAGE, type Published } from '../record/page';
import type { ChaosResult } from './result';
import { table } from './table';

/** The results as a part of a page: the last run of each scenario, every run that broke a promise, and how to have them again. */
export function markdownPart(results: ChaosResult[]): string {
  const last = [...new Map(results.map((result) => [result.scenario, result])).values()];
  const broken = results.filter(({ ok }) => !ok);
  const runs = results.map(
    ({ scenario, seed, commit, endedAt, es, docs, ok }) =>
      `| ${scenario} | ${ok ? 'kept' : 'BROKEN'} | ${seed} | ${commit} | ${es} | ${docs} | ${endedAt.slice(0, 16).replace('T', ' ')} |`,
  );
  const excuses = last.flatMap(({ scenario, excuses: spans }) =>
    spans.map(
      ({ from, to, reason }) =>
        `- ${scenario}: from ${new Date(from).toISOString().slice(11, 19)} to ${new Date(to).toISOString().slice(11, 19)} UTC: ${reason}`,
    ),
  );
  const kept = results.length - broken.length;
  const lastKept = last.filter(({ ok }) => ok).length;
  return [
    `${lastKept} of ${last.length} scenarios kept every promise in their last run; of all runs, ${kept} of ${results.length} did.`,
    table(last),
    '### Every run that broke a promise',
    broken.length > 0 ? table(broken) : 'None.',
    '### What the faults excuse',
    excuses.length > 0 ? excuses.join('\n') : 'Nothing.',
    '### Every run, and how to have it again',
    [
      '| scenario | verdict | seed | commit | Elasticsearch | documents | ended (UTC) |',
      '| - | - | - | - | - | - | - |',
      ...runs,
    ].join('\n'),
  ].join('\n\n');
}

/** What chaos runs tell on the page of what was run on the lab. */
export const PUBLISHED: Published<ChaosResult> = {
  script: 'chaos',
  page: PAGE,
  record: join(ROOT, 'docs', 'reliability.jsonl'),
  part: markdownPart,
};
