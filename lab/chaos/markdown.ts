import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ChaosResult } from './result';
import { inOrder } from './stored';
import { table } from './table';

const BEGIN = '<!-- chaos: begin; written by scripts/chaos --publish -->';
const END = '<!-- chaos: end -->';

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

/** Puts the part between the marks of a page. @throws Error when the page has no marks */
export function replacePart(page: string, part: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the page has no lines "${BEGIN}" and "${END}"`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${part}\n\n${page.slice(end)}`;
}

/** Results in a record, one JSON object a line; none where there is no record. */
export function publishedResults(record: string): ChaosResult[] {
  const lines = existsSync(record) ? readFileSync(record, 'utf8').split('\n').filter(Boolean) : [];
  return lines.map((line) => JSON.parse(line) as ChaosResult);
}

/**
 * Adds results to those that were published before, one JSON object a line, and writes the page anew from all of them.
 * @throws Error when the page has no marks
 */
export function publish(page: string, record: string, results: readonly ChaosResult[]): void {
  const all = inOrder([...publishedResults(record), ...results]);
  writeFileSync(page, replacePart(readFileSync(page, 'utf8'), markdownPart(all)));
  writeFileSync(record, all.map((result) => `${JSON.stringify(result)}\n`).join(''));
}
