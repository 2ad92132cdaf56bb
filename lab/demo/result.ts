import { join } from 'node:path';
import { hostsOf } from '../layout';
import type { JudgeEvidence } from '../judge';
import { DEMO_RESULTS, ROOT } from '../paths';
import { markdownTable, PAGE, verdictCell, type Published } from '../record/page';
import { commit, storeResult } from '../record/stored';
import type { Judged } from './migration';
import type { DemoOptions, RollbackAt } from './options';
import type { Stage } from './stage';

/** How one demo went, of one kind of cluster. */
export interface DemoResult {
  /** Names of shapes with commas between. */
  shape: string;
  /** Elasticsearch version. */
  es: string;
  old: number;
  new: number;
  docs: number;
  rollback?: RollbackAt;
  /** Short hash, with `+` when files were changed since. */
  commit: string;
  endedAt: string;
  ok: boolean;
  /** What was not as it must be. */
  broken: string[];
  /** From the judge; absent when it could not judge. */
  evidence?: Pick<
    JudgeEvidence,
    'requests' | 'failedRequests' | 'ackedWrites' | 'lostWrites' | 'longestGapMs' | 'seconds'
  >;
}

/** Keeps how a demo went. */
export async function keepResult({ lab }: Stage, options: DemoOptions, { broken, evidence }: Judged): Promise<void> {
  const { shape, es, docs, rollback } = options;
  const count = (side: 'old' | 'new') => hostsOf(lab.hosts, side).length;
  const result: DemoResult = {
    ...{ shape, es, old: count('old'), new: count('new'), docs, rollback },
    commit: await commit(),
    endedAt: new Date().toISOString(),
    ok: broken.length === 0,
    broken,
    ...(evidence && { evidence: chosen(evidence) }),
  };
  storeResult(result, shape.replaceAll(',', '-'), DEMO_RESULTS);
}

function chosen(evidence: JudgeEvidence): DemoResult['evidence'] {
  const { requests, failedRequests, ackedWrites, lostWrites, longestGapMs, seconds } = evidence;
  return { requests, failedRequests, ackedWrites, lostWrites, longestGapMs, seconds };
}

const HEADINGS = [
  ...[
    'shape',
    'Elasticsearch',
    'nodes',
    'way',
    'failed requests',
    'lost writes',
    'longest gap',
    'commit',
    'ended (UTC)',
  ],
  'verdict',
];

/** The last run of each kind of cluster and way, and those before it that broke a promise. */
export function tablePart(results: DemoResult[]): string {
  const kind = ({ shape, es, rollback }: DemoResult) => `${shape} ${es} ${rollback ?? ''}`;
  const last = new Set(new Map(results.map((result) => [kind(result), result])).values());
  const shown = results
    .filter((result) => last.has(result) || !result.ok)
    .sort((a, b) => (kind(a) < kind(b) ? -1 : kind(a) > kind(b) ? 1 : 0));
  return markdownTable(HEADINGS, shown.map(cells));
}

function cells(result: DemoResult): string[] {
  const { shape, es, rollback, commit: at, endedAt, evidence } = result;
  return [
    ...[shape, es, `${result.old} → ${result.new}`, rollback === undefined ? 'there' : `back, ${rollback}`],
    evidence ? `${evidence.failedRequests} of ${evidence.requests}` : '?',
    evidence ? `${evidence.lostWrites} of ${evidence.ackedWrites}` : '?',
    evidence ? `${evidence.longestGapMs} ms` : '?',
    ...[at, endedAt.slice(0, 16).replace('T', ' '), verdictCell(result)],
  ];
}

/** What demos tell on the page of what was run on the lab. */
export const PUBLISHED: Published<DemoResult> = {
  script: 'demo',
  page: PAGE,
  record: join(ROOT, 'docs', 'shapes.jsonl'),
  part: tablePart,
};
