import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markdownPart, replacePart } from '../../../lab/chaos/markdown';
import type { ChaosResult } from '../../../lab/chaos/result';
import { storedResults, undisturbedSeconds } from '../../../lab/chaos/stored';
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
  it('gets the part between its marks, again and again', () => {
    const marks = ['<!-- chaos: begin; written by scripts/chaos --markdown -->', '<!-- chaos: end -->'];
    const page = `before\n${marks[0]}\nold\n${marks[1]}\nafter`;
    const once = replacePart(page, markdownPart([RESULT]));
    expect(once).toContain('1 of 1 runs kept every promise.');
    expect(once).toContain('from 00:00:00 to 00:00:42 UTC: new-1 was killed');
    expect(once).toContain('| new-node-killed | 7 | abc1234 |');
    expect(once).not.toContain('old\n');
    expect(replacePart(once, markdownPart([RESULT]))).toBe(once);
    expect(() => replacePart('nothing', 'part')).toThrow('has no lines');
  });
});

describe('what was run before', () => {
  it('is read, and only a good run of the same data is compared with', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bigswitch-chaos-'));
    try {
      const put = (result: ChaosResult) => {
        mkdirSync(join(folder, result.scenario), { recursive: true });
        writeFileSync(join(folder, result.scenario, 'result.json'), JSON.stringify(result));
      };
      expect(storedResults(join(folder, 'none'))).toEqual([]);
      put(RESULT);
      expect(undisturbedSeconds(RESULT, folder)).toBeUndefined();
      put({ ...RESULT, scenario: 'undisturbed', seconds: 180 });
      expect(undisturbedSeconds(RESULT, folder)).toBe(180);
      expect(undisturbedSeconds({ ...RESULT, docs: 1 }, folder)).toBeUndefined();
      put({ ...RESULT, scenario: 'undisturbed', ok: false });
      expect(undisturbedSeconds(RESULT, folder)).toBeUndefined();
      expect(storedResults(folder)).toHaveLength(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
