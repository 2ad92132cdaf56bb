import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markdownPart, publish, replacePart } from '../../../lab/chaos/markdown';
import type { ChaosResult } from '../../../lab/chaos/result';
import { storedResults, storeResult, undisturbedSeconds } from '../../../lab/chaos/stored';
import { cells, table } from '../../../lab/chaos/table';

const RESULT: ChaosResult = {
  scenario: 'new-node-killed',
  seed: 7,
  commit: 'abc1234',
  es: '7.17.28',
  docs: 5_000,
  endedAt: '2026-03-14T09:30:00.000Z',
  expected: 'migrated',
  outcome: 'migrated',
  ok: true,
  broken: [],
  struck: [
    { at: 12, where: 'replicate', what: 'killed' },
    { at: 30, where: 'replicate', what: 'started' },
    { at: 60, where: 'drain of old-1', what: 'killed' },
  ],
  excuses: [{ from: 0, to: 42_000, reason: 'new-1 was killed', belowGreen: true }],
  resumes: 0,
  seconds: 240,
  lostSeconds: 61,
  evidence: {
    requests: 9_000,
    failedRequests: 0,
    excusedRequests: 3,
    ackedWrites: 4_000,
    lostWrites: 0,
    duplicateWrites: 0,
    everBelowGreen: false,
    excusedBelowGreenSeconds: 40,
    longestGapMs: 200,
    leftovers: [],
    newNodeStarts: { 'new-1': 2 },
    appStarts: { 'app-1': 1 },
    oldNodeStarts: { 'old-1': 0 },
  },
};

describe('the table', () => {
  it('tells many places by their number, and what was not met is none of them', () => {
    const at = (where: string) => ({ at: 1, where, what: 'killed' });
    const few = Array.from({ length: 10 }, (_, n) => at(`place ${n}`));
    const places = (struck: ChaosResult['struck']) => cells({ ...RESULT, struck })[1];
    expect(places([...few, at('end')])).toMatch(/^place 0, .*, place 9, end$/);
    expect(places([...few, at('last'), at('end')])).toBe('11 places, from place 0 to last');
  });

  it('says what was seen, and what the fault excuses apart from it', () => {
    expect(cells(RESULT)).toEqual([
      'new-node-killed',
      'replicate (2 times), drain of old-1',
      'migrated',
      '0 of 9000, and 3 by the fault',
      '0',
      '0',
      'no, but for 40 s by the fault (excused: 42 s)',
      '0',
      '61 s of 240 s',
      'kept',
    ]);
  });

  it('has no time won, only time lost', () => {
    expect(cells({ ...RESULT, lostSeconds: -5 })[8]).toBe('0 s of 240 s');
  });

  it('does not claim what the judge could not tell', () => {
    const unknown = { ...RESULT, ok: false, broken: ["the judge can't tell:\n no node"], resumes: 2 };
    const { evidence: _, lostSeconds: __, ...rest } = unknown;
    const row = cells(rest);
    expect(row.slice(2, 9)).toEqual(['migrated, 2 × resume', '?', '?', '?', '?', '?', '–']);
    expect(row[9]).toBe("BROKEN: the judge can't tell: no node");
  });

  it('has its columns in line, whatever is in them', () => {
    const lines = table([RESULT, { ...RESULT, scenario: 'a|b' }]).split('\n');
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines.at(-1)).toContain('a\\|b');
  });
});

describe('the page', () => {
  const marks = ['<!-- chaos: begin; written by scripts/chaos --publish -->', '<!-- chaos: end -->'];
  const empty = `before\n${marks[0]}\nold\n${marks[1]}\nafter`;
  const later = { ...RESULT, seed: 8, endedAt: '2026-03-14T10:30:00.000Z' };

  it('gets the part between its marks, again and again', () => {
    const once = replacePart(empty, markdownPart([RESULT]));
    expect(once).toContain('1 of 1 scenarios kept every promise in their last run; of all runs, 1 of 1 did.');
    expect(once).toContain('from 00:00:00 to 00:00:42 UTC: new-1 was killed');
    expect(once).toContain('| new-node-killed | kept | 7 | abc1234 |');
    expect(once).not.toContain('old\n');
    expect(replacePart(once, markdownPart([RESULT]))).toBe(once);
    expect(() => replacePart('nothing', 'part')).toThrow('has no lines');
  });

  it('tells of a run that broke a promise also when a later one kept all', () => {
    const part = markdownPart([{ ...RESULT, ok: false, broken: ['one write is lost'] }, later]);
    expect(part).toContain('1 of 1 scenarios kept every promise in their last run; of all runs, 1 of 2 did.');
    expect(part).toContain('BROKEN: one write is lost');
    expect(part).toContain('| new-node-killed | BROKEN | 7 |');
    expect(part).toContain('| new-node-killed | kept | 8 |');
  });

  it('keeps what was published before, each run once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bigswitch-chaos-'));
    try {
      const [page, record] = [join(folder, 'page.md'), join(folder, 'record.jsonl')];
      writeFileSync(page, empty);
      publish(page, record, [RESULT]);
      publish(page, record, [later, RESULT]);
      expect(readFileSync(record, 'utf8').trim().split('\n')).toHaveLength(2);
      expect(readFileSync(page, 'utf8')).toContain('of all runs, 2 of 2 did');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what was run before', () => {
  it('is read, and only a good run of the same data is compared with', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bigswitch-chaos-'));
    try {
      const at = (minute: number) => `2026-03-14T09:${minute}:00.000Z`;
      const quiet = { ...RESULT, scenario: 'undisturbed' };
      expect(storedResults(join(folder, 'none'))).toEqual([]);
      storeResult({ ...RESULT, endedAt: at(10) }, folder);
      expect(undisturbedSeconds(RESULT, folder)).toBeUndefined();
      storeResult({ ...quiet, endedAt: at(11), ok: false }, folder);
      expect(undisturbedSeconds(RESULT, folder)).toBeUndefined();
      storeResult({ ...quiet, endedAt: at(13), seconds: 180 }, folder);
      storeResult({ ...quiet, endedAt: at(12), seconds: 170 }, folder);
      expect(undisturbedSeconds(RESULT, folder)).toBe(180);
      expect(undisturbedSeconds({ ...RESULT, docs: 1 }, folder)).toBeUndefined();
      expect(storedResults(folder).map(({ endedAt }) => endedAt)).toEqual([10, 11, 12, 13].map(at));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
