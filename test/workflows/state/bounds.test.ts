import { z } from 'zod';
import type { AuditEntry } from '../../../src/contract/audit';
import type { Check, Evidence, Fact } from '../../../src/contract/evidence';
import { TELLING_STEPS, type LedgerEntry } from '../../../src/contract/ledger';
import { DRAIN_NEWS, MESSAGES, NOT_TOLD } from '../../../src/workflows/messages/messages';
import { DRAIN_TRIES, TRIES_TOLD } from '../../../src/workflows/messages/tries';
import { bounded, boundedEvidence, MOST } from '../../../src/workflows/state/bounds';
import { bytesOf } from '../../../src/workflows/state/bytes';
import type { Data } from '../../../src/workflows/state/data';

const json = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const list = <T>(length: number, make: (i: number) => T) => Array.from({ length }, (_, i) => make(i));
/** Texts in which a character is three bytes. */
const long = (length: number) => '漢'.repeat(length);

const entry = (i: number, change: Partial<LedgerEntry> = {}): LedgerEntry => ({
  host: `new-${i}`,
  phase: 'redirect',
  step: `redirect-${i}`,
  summary: 'packets for a host on the other side go over the bridge',
  changed: true,
  at: '2026-01-02T03:04:05.000Z',
  ...change,
});
const word = (i: number, change: Partial<AuditEntry> = {}): AuditEntry => ({
  at: '2026-01-02T03:04:05.000Z',
  kind: 'pause',
  by: `ann ${i}`,
  accepted: true,
  ...change,
});
const fact = (i: number, change: Partial<Fact> = {}): Fact => ({ name: `fact ${i}`, ok: true, seen: 'so', ...change });
const evidence = (facts: Fact[]): Evidence => ({
  gate: 'drain:old-1',
  takenAt: '2026-01-02T03:04:05.000Z',
  run: 'run',
  holds: facts.every(({ ok }) => ok),
  facts,
});
const passed = (i: number, facts: Fact[]): Data['passed'][number] => ({
  gate: `drain:old-${i}`,
  evidence: evidence(facts),
  approvedBy: ['ann'],
  openedAt: '',
  passedAt: '',
});

test('what is measured is what a payload has', () => {
  for (const value of [{ a: 'ü€😀"\\\n' }, [entry(1), { x: [1, null, true] }], '\ud800', 12, [], [[]]]) {
    expect(bytesOf(value) - json(value)).toBeGreaterThanOrEqual(0);
    expect(bytesOf(value) - json(value)).toBeLessThanOrEqual(1);
  }
});

test('a small run is left as it is', () => {
  const data = { audit: [word(1)], ledger: [entry(1)], passed: [passed(1, [fact(1)])], doing: 'waits' };
  expect(bounded(data)).toEqual(data);
});

test('the ledger keeps what a clean-up and the last proof know by, then changes, and the newest of them', () => {
  const telling = list(100, (i) => entry(i, { step: TELLING_STEPS.APP_SWITCHED }));
  const others = list(8_000, (i) => entry(i, { changed: i % 2 === 0 }));
  const { ledger } = bounded({ ledger: [...telling, ...others, entry(1, { summary: long(50_000) })] });
  expect(json(ledger)).toBeLessThanOrEqual(MOST.ledger);
  expect(ledger.filter(({ step }) => step === TELLING_STEPS.APP_SWITCHED)).toHaveLength(100);
  expect(ledger.every(({ changed }) => changed)).toBe(true);
  expect(ledger.at(-2)).toEqual(others[7_998]);
});

test('what is left out is counted, on top of what was before', () => {
  const said = list(8_000, (i) => word(i));
  const { audit, leftOut } = bounded({ audit: said }, { audit: 3, checks: 1 });
  expect(leftOut).toEqual({ audit: 3 + said.length - audit.length, checks: 1 });
  expect(bounded({ audit: audit.slice(1) }, leftOut).leftOut).toBeUndefined();
  const again = bounded({ ledger: list(8_000, (i) => entry(i)), leftOut });
  expect(again.leftOut).toEqual({ ...leftOut, ledger: 8_000 - again.ledger.length });
});

test('the audit keeps what was decided, whatever else is said', () => {
  const decided = word(0, { kind: 'approve' });
  const said = list(3_000, (i) => word(i, { reason: long(300), accepted: i % 3 > 0 }));
  const { audit } = bounded({ audit: [decided, ...said] });
  expect(json(audit)).toBeLessThanOrEqual(MOST.audit);
  expect(audit[0]).toEqual(decided);
  expect(audit.at(-1)).toEqual(said.at(-1));
  const decisions = list(3_000, (i) => word(i, { kind: 'approve', note: long(300) }));
  expect(json(bounded({ audit: decisions }).audit)).toBeLessThanOrEqual(MOST.audit);
});

test('evidence keeps what does not hold, and every figure', () => {
  const facts = [
    ...list(500, (i) => fact(i, { seen: long(2_000) })),
    fact(500, { ok: false, seen: long(100_000) }),
    fact(501, { figures: { documents: 12 } }),
  ];
  const kept = boundedEvidence(evidence(facts));
  expect(json(kept)).toBeLessThanOrEqual(MOST.evidence);
  expect(kept).toMatchObject({ holds: false, run: 'run' });
  expect(kept.facts.map(({ name, ok }) => [name, ok])).toEqual([
    ['fact 500', false],
    ['fact 501', true],
    ['500 more facts', true],
  ]);
  expect(kept.facts[1]?.figures).toEqual({ documents: 12 });
  expect(boundedEvidence(kept)).toEqual(kept);
});

test('of gates that were passed the newest can be judged by still, and none is forgotten', () => {
  const all = list(70, (i) =>
    passed(
      i,
      list(40, (j) => fact(j, { seen: long(60), figures: { documents: 1 } })),
    ),
  );
  const { passed: kept } = bounded({ passed: all });
  expect(json(kept)).toBeLessThanOrEqual(MOST.passed);
  expect(kept.map(({ gate }) => gate)).toEqual(all.map(({ gate }) => gate));
  expect(kept.at(-1)).toEqual(all.at(-1));
  expect(kept[0]?.evidence).toMatchObject({ run: 'run', facts: [{ seen: '40 facts held; left out for size' }] });
});

test('samples keep every moment below green; apps are told of less often', () => {
  const apps = Object.fromEntries(
    list(100, (i) => [`app-${i}`, { requests: 123_456, failed: 0, p50Ms: 1.5, p99Ms: 12.25 }]),
  );
  const one = (t: number) => ({ t, health: t === 7 ? ('red' as const) : ('green' as const), ...figures, apps });
  const figures = {
    oldShards: 1,
    newShards: 1,
    oldBytes: 1,
    newBytes: 1,
    initializing: 0,
    relocating: 0,
    unassigned: 0,
  };
  const { samples } = bounded({ samples: list(900, one) });
  expect(json(samples)).toBeLessThanOrEqual(MOST.samples);
  expect(samples.length).toBeGreaterThan(400);
  expect(samples.filter(({ health }) => health === 'red')).toHaveLength(1);
  expect(samples.filter((sample) => sample.apps).length).toBeGreaterThan(10);
});

test('checks that are not ok stay, and of many things that were undone the newest', () => {
  const check = (i: number, result: Check['result']): Check => ({
    name: `check-${i}`,
    subject: 'old-1',
    result,
    seen: long(30),
    waivable: false,
  });
  const { checks, undone } = bounded({
    checks: [check(0, 'warn'), ...list(3_000, (i) => check(i, 'ok'))],
    undone: list(4_000, (i) => ({ host: `new-${i}`, undone: ['redirect-rules', 'bridge-client'] })),
  });
  expect(json(checks)).toBeLessThanOrEqual(MOST.checks);
  expect(checks[0]?.result).toBe('warn');
  expect(json(undone)).toBeLessThanOrEqual(MOST.undone);
  expect(undone.at(-1)?.host).toBe('new-3999');
});

test('no text of a message is without an end', () => {
  const endless = (schema: unknown, path = ''): string[] => {
    if (typeof schema !== 'object' || schema === null) return [];
    const { type, maxLength, maxItems } = schema as { type?: string; maxLength?: number; maxItems?: number };
    const here =
      (type === 'string' && !('enum' in schema) && maxLength === undefined) ||
      (type === 'array' && maxItems === undefined);
    return [...(here ? [path] : []), ...Object.entries(schema).flatMap(([key, one]) => endless(one, `${path}/${key}`))];
  };
  const shapes = { ...MESSAGES, DRAIN_NEWS, NOT_TOLD, DRAIN_TRIES, TRIES_TOLD };
  const found = Object.entries(shapes).flatMap(([name, shape]) =>
    endless(z.toJSONSchema(shape, { io: 'input' }), name),
  );
  expect(found).toEqual([]);
});

test('of what the child of a drain kept, what is too large or none of ours is not taken, and the rest is', () => {
  const name = 'settings-before';
  const entry = { host: 'hub', phase: 'drain', step: 'exclude', summary: '', changed: true, at: '' };
  const keptOf = (...kept: unknown[]) => DRAIN_NEWS.parse({ host: 'old-1', ledger: [{ ...entry, kept }] }).ledger?.[0];
  const small = { name, value: { persistent: { 'a.b': 'c' }, transient: {} } };
  expect(keptOf(small)).toEqual({ ...entry, kept: [small] });
  expect(keptOf({ name, value: { persistent: { 'a.b': long(200_000) }, transient: {} } })).toEqual(entry);
  expect(keptOf({ name: 'other' })).toEqual(entry);
});
