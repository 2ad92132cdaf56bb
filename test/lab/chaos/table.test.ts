import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markdownPart } from '../../../lab/chaos/markdown';
import type { ChaosResult } from '../../../lab/chaos/result';
import { undisturbedSeconds } from '../../../lab/chaos/stored';
import { cells, table } from '../../../lab/chaos/table';
import { storeResult, storedResults } from '../../../lab/record/stored';

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
  const later = { ...RESULT, seed: 8, endedAt: '2026-03-14T10:30:00.000Z' };

  it('tells how many kept every promise, and what their faults excuse', () => {
    const part = markdownPart([RESULT]);
    expect(part).toContain('1 of 1 scenarios kept every promise in their last run; of all runs, 1 of 1 did.');
    expect(part).toContain('from 00:00:00 to 00:00:42 UTC: new-1 was killed');
    expect(part).toContain('| new-node-killed | kept | 7 | abc1234 |');
  });

  it('tells of a run that broke a promise also when a later one kept all', () => {
    const part = markdownPart([{ ...RESULT, ok: false, broken: ['one write is lost'] }, later]);
    expect(part).toContain('1 of 1 scenarios kept every promise in their last run; of all runs, 1 of 2 did.');
    expect(part).toContain('BROKEN: one write is lost');
    expect(part).toContain('| new-node-killed | BROKEN | 7 |');
    expect(part).toContain('| new-node-killed | kept | 8 |');
  });
});

describe('what was run before', () => {
  it('is read, and only a good run of the same data is compared with', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bigswitch-chaos-'));
    try {
      const keep = (result: ChaosResult) => storeResult(result, result.scenario, folder);
      const at = (minute: number) => `2026-03-14T09:${minute}:00.000Z`;
      const quiet = { ...RESULT, scenario: 'undisturbed' };
      expect(storedResults(join(folder, 'none'))).toEqual([]);
      keep({ ...RESULT, endedAt: at(10) });
      expect(undisturbedSeconds(RESULT, folder)).toBeUndefined();
      keep({ ...quiet, endedAt: at(11), ok: false });
      expect(undisturbedSeconds(RESULT, folder)).toBeUndefined();
      keep({ ...quiet, endedAt: at(13), seconds: 180 });
      keep({ ...quiet, endedAt: at(12), seconds: 170 });
      expect(undisturbedSeconds(RESULT, folder)).toBe(180);
      expect(undisturbedSeconds({ ...RESULT, docs: 1 }, folder)).toBeUndefined();
      expect(storedResults<ChaosResult>(folder).map(({ endedAt }) => endedAt)).toEqual([10, 11, 12, 13].map(at));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
