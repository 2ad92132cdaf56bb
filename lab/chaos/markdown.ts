import type { ChaosResult } from './result';
import { table } from './table';

const BEGIN = '<!-- chaos: begin; written by scripts/chaos --markdown -->';
const END = '<!-- chaos: end -->';

/** The results as a part of a page: how they were had, the table, and every excused span with its reason. */
export function markdownPart(results: ChaosResult[]): string {
  const runs = results.map(
    ({ scenario, seed, commit, endedAt, es, docs }) =>
      `| ${scenario} | ${seed} | ${commit} | ${es} | ${docs} | ${endedAt.slice(0, 16).replace('T', ' ')} |`,
  );
  const excuses = results.flatMap(({ scenario, excuses: spans }) =>
    spans.map(
      ({ from, to, reason }) =>
        `- ${scenario}: from ${new Date(from).toISOString().slice(11, 19)} to ${new Date(to).toISOString().slice(11, 19)} UTC: ${reason}`,
    ),
  );
  const kept = results.filter(({ ok }) => ok).length;
  return [
    `${kept} of ${results.length} runs kept every promise.`,
    table(results),
    '### What the faults excuse',
    excuses.length > 0 ? excuses.join('\n') : 'Nothing.',
    '### How to have them again',
    [
      '| scenario | seed | commit | Elasticsearch | documents | ended (UTC) |',
      '| - | - | - | - | - | - |',
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
