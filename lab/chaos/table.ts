import { markdownTable, verdictCell } from '../record/page';
import { AT_THE_END } from './fault-log';
import type { ChaosResult } from './result';

const HEADINGS = [
  'scenario',
  'where it struck',
  'outcome',
  'failed requests',
  'lost writes',
  'done twice',
  'below green',
  'leftovers',
  'time lost',
  'verdict',
];

/** One line of the table; what the judge could not tell is a question mark. */
export function cells(result: ChaosResult): string[] {
  const { evidence, excuses } = result;
  const spans = excuses.map(({ from, to }) => `${Math.round((to - from) / 1000)} s`).join(', ');
  const number = (count: number | undefined) => (count === undefined ? '?' : String(count));
  return [
    result.scenario,
    struckAt(result),
    result.resumes > 0 ? `${result.outcome}, ${result.resumes} × resume` : result.outcome,
    evidence === undefined
      ? '?'
      : `${evidence.failedRequests} of ${evidence.requests}${evidence.excusedRequests > 0 ? `, and ${evidence.excusedRequests} by the fault` : ''}`,
    number(evidence?.lostWrites),
    number(evidence && evidence.duplicateWrites),
    evidence === undefined
      ? '?'
      : `${evidence.everBelowGreen ? 'yes' : 'no'}${evidence.excusedBelowGreenSeconds > 0 ? `, but for ${evidence.excusedBelowGreenSeconds} s by the fault (excused: ${spans})` : ''}`,
    number(evidence?.leftovers.length),
    // One that took less than the undisturbed one lost nothing; two runs are never equally fast.
    result.lostSeconds === undefined ? '–' : `${Math.max(0, result.lostSeconds)} s of ${result.seconds} s`,
    verdictCell(result),
  ];
}

/** More places than these are told by their number; the record has them all. */
const MOST_PLACES = 10;

function struckAt({ struck }: ChaosResult): string {
  if (struck.length === 0) return '–';
  const count = new Map<string, number>();
  for (const { where } of struck) count.set(where, (count.get(where) ?? 0) + 1);
  const places = [...count.keys()].filter((where) => where !== AT_THE_END);
  if (places.length > MOST_PLACES) return `${places.length} places, from ${places[0]} to ${places.at(-1)}`;
  return [...count].map(([where, times]) => (times > 1 ? `${where} (${times} times)` : where)).join(', ');
}

/** The table in Markdown. */
export function table(results: ChaosResult[]): string {
  return markdownTable(HEADINGS, results.map(cells));
}
