import type { AuditEntry } from '../../contract/audit';
import type { Check, Evidence, Fact } from '../../contract/evidence';
import type { KeptRecord } from '../../contract/kept-record';
import { TELLING_STEPS, type LedgerEntry, type UndoResult } from '../../contract/ledger';
import type { MoveProgress } from '../../contract/progress';
import { cut } from '../../text/harmless';
import { bytesOf, shortened, within } from './bytes';
import { thinned } from './samples';
import type { Data } from './data';

/** Bytes that a server takes in one payload; one that is larger ends the run, wherever it is. */
export const LARGEST_PAYLOAD = 2 * 2 ** 20;

/**
 * Most bytes of what grows with the length of a run or the size of a cluster. All of it goes on in one payload, together with
 * the plan and three times the evidence of a gate; the report and each query have a part of it.
 */
export const MOST = {
  plan: 300_000,
  samples: 300_000,
  ledger: 250_000,
  kept: 200_000,
  undone: 80_000,
  audit: 150_000,
  passed: 200_000,
  checks: 120_000,
  /** Of one gate. */
  evidence: 60_000,
  progress: 60_000,
} as const;

/** Most bytes of one entry. */
const ENTRY = { audit: 8_000, ledger: 1_000, undone: 2_000, check: 2_000, fact: 8_000 };
/** Most characters of one sentence. */
const SENTENCE = 8_000;
/** Most characters of what is said of one host or one phase. */
const REMARK = 1_000;
/** Refusals that are kept, so that no flood of messages pushes out what was accepted. */
const REFUSALS_KEPT = 200;
/** Shards that arrive nowhere, or are under way, of which it is carried on. */
const ARRIVALS_KEPT = 200;

type Bounds = { [K in keyof Data]?: (value: NonNullable<Data[K]>) => NonNullable<Data[K]> };

/** How what a run knows is kept within its bytes. Each is pure, and leaves what is small as it is. */
const BOUNDS: Bounds = {
  doing: (text) => cut(text, SENTENCE),
  blocked: (text) => cut(text, SENTENCE),
  reopenedBecause: (text) => cut(text, SENTENCE),
  notBack: (text) => cut(text, SENTENCE),
  returning: ({ hosts, reason }) => ({ hosts, reason: cut(reason, SENTENCE) }),
  owed: (owed) => Object.fromEntries(Object.entries(owed).map(([host, why]) => [host, cut(why, REMARK)])),
  phases: (phases) => phases.map((one) => shortened(one, 4 * REMARK)),
  proof: (proof) => shortened(proof, SENTENCE),
  progress: boundedProgress,
  moving: ({ what, progress }) => ({ what, progress: boundedProgress(progress) }),
  samples: (samples) => thinned(samples, MOST.samples),
  kept: boundedKept,
  ledger: (ledger) => within(eachWithin(ledger, ENTRY.ledger), MOST.ledger, ofEntry),
  undone: (undone) => within(eachWithin(undone, ENTRY.undone), MOST.undone, ofUndone),
  audit: (audit) => within(fewRefusals(eachWithin(audit, ENTRY.audit)), MOST.audit, ofWord),
  passed: boundedPassed,
  checks: boundedChecks,
};

/** Lists whose entries go one by one; in the report stands how many. */
const COUNTED = ['audit', 'ledger', 'undone', 'checks'] as const;

/**
 * What is to be known of a run, within the bytes that it may have. The one place that measures and thins. Pure.
 * @param leftOut how much was left out before
 * @returns with `leftOut`, when anything is left out now
 */
export function bounded<T extends Partial<Data>>(data: T, leftOut = data.leftOut): T & Pick<Data, 'leftOut'> {
  const within = { ...data };
  for (const key of Object.keys(data) as (keyof Data)[]) {
    const value = data[key];
    const bound = BOUNDS[key] as ((value: unknown) => unknown) | undefined;
    if (bound && value !== undefined) Object.assign(within, { [key]: bound(value) });
  }
  const gone = COUNTED.map((key) => [key, (data[key]?.length ?? 0) - (within[key]?.length ?? 0)] as const);
  const added = gone.flatMap(([key, more]) => (more > 0 ? [[key, (leftOut?.[key] ?? 0) + more] as const] : []));
  return added.length > 0 ? { ...within, leftOut: { ...leftOut, ...Object.fromEntries(added) } } : within;
}

/**
 * Evidence within its bytes. What does not hold stays, and every figure: by these a word is judged later. So do the names, as
 * long as there is room. Pure: the same evidence always becomes the same.
 */
export function boundedEvidence(evidence: Evidence): Evidence {
  if (bytesOf(evidence) <= MOST.evidence) return evidence;
  const { data: _, ...without } = { ...evidence, facts: evidence.facts.map((fact) => shortFact(fact, ENTRY.fact)) };
  if (bytesOf(without) <= MOST.evidence) return without;
  const short = { ...without, facts: without.facts.map((fact) => shortFact(fact, 2 * REMARK)) };
  if (bytesOf(short) <= MOST.evidence) return short;
  const stays = short.facts.filter(({ ok, figures }) => !ok || figures !== undefined);
  const gone = short.facts.length - stays.length;
  return {
    ...short,
    facts: [...stays, { name: `${gone} more facts`, ok: true, seen: 'they hold; left out for size' }],
  };
}

/** Bytes of all that a run carries along. */
export function carriedBytes(plan: unknown, data: Data): number {
  return Object.values(data).reduce((sum: number, value) => sum + bytesOf(value), bytesOf(plan));
}

function shortFact(fact: Fact, most: number): Fact {
  const { figures, ...words } = fact;
  return { ...shortened(words, most), ...(figures && { figures }) };
}

function eachWithin<T>(list: T[], most: number): T[] {
  return list.some((one) => bytesOf(one) > most) ? list.map((one) => shortened(one, most)) : list;
}

/** By these a clean-up and the last proof know what there was. */
function ofEntry({ step, changed }: LedgerEntry): number {
  if (isTelling(step)) return 2;
  return changed ? 1 : 0;
}

function ofUndone({ undone }: UndoResult): number {
  return undone.some(isTelling) ? 1 : 0;
}

function isTelling(step: string): boolean {
  return (Object.values(TELLING_STEPS) as string[]).includes(step);
}

const DECISIONS: AuditEntry['kind'][] = ['approve', 'reject', 'rollback', 'giveUp', 'gate-passed'];

/** Refusals tell the least, and what was decided the most. */
function ofWord({ kind, accepted }: AuditEntry): number {
  if (!accepted) return 0;
  return DECISIONS.includes(kind) ? 2 : 1;
}

function fewRefusals(audit: AuditEntry[]): AuditEntry[] {
  const refused = audit.filter((one) => !one.accepted);
  if (refused.length <= REFUSALS_KEPT) return audit;
  const gone = new Set(refused.slice(0, refused.length - REFUSALS_KEPT));
  return audit.filter((one) => !gone.has(one));
}

/** What is too much to be kept a second time is named without what it says, the largest first: then a loss is seen all the same. */
function boundedKept(kept: KeptRecord[]): KeptRecord[] {
  let bytes = bytesOf(kept);
  const short = new Map<KeptRecord, KeptRecord>();
  for (const one of [...kept].sort((a, b) => bytesOf(b) - bytesOf(a))) {
    if (bytes <= MOST.kept) break;
    if (!('id' in one)) continue;
    const { value: _, grouped: __, ...named } = one;
    bytes -= bytesOf(one) - bytesOf(named);
    short.set(one, named);
  }
  return kept.map((one) => short.get(one) ?? one);
}

/** The newest one may be judged by still; of the others, from the oldest on, only that they were passed and by whom. */
function boundedPassed(passed: Data['passed']): Data['passed'] {
  let bytes = bytesOf(passed);
  return passed.map((one, index) => {
    if (bytes <= MOST.passed || index === passed.length - 1) return one;
    const { data: _, ...evidence } = one.evidence;
    const facts = [{ name: 'all facts', ok: true, seen: `${evidence.facts.length} facts held; left out for size` }];
    const less = { ...one, evidence: { ...evidence, facts } };
    bytes -= bytesOf(one) - bytesOf(less);
    return less;
  });
}

/** Those that are ok tell the least; how many there were stands in the summary of preflight. */
function boundedChecks(checks: Check[]): Check[] {
  return within(eachWithin(checks, ENTRY.check), MOST.checks, ({ result }) => ['ok', 'warn', 'failed'].indexOf(result));
}

function boundedProgress(progress: MoveProgress): MoveProgress {
  if (bytesOf(progress) <= MOST.progress) return progress;
  const { arrivals } = progress;
  const { stuck, unanswered, waits } = shortened(
    { stuck: progress.stuck, unanswered: progress.unanswered, waits: progress.waits },
    3 * SENTENCE,
  );
  return {
    ...progress,
    ...(stuck && { stuck }),
    ...(unanswered && { unanswered }),
    ...(waits !== undefined && { waits }),
    ...(arrivals && {
      arrivals: {
        failed: arrivals.failed.slice(-ARRIVALS_KEPT),
        underWay: arrivals.underWay.slice(-ARRIVALS_KEPT),
      },
    }),
  };
}
