import { tablePart, type DemoResult } from '../../../lab/demo/result';

const ONE: DemoResult = {
  shape: 'zones,secured',
  es: '8.19.0',
  old: 4,
  new: 6,
  docs: 5000,
  commit: 'abc1234',
  endedAt: '2026-03-14T09:30:00.000Z',
  ok: true,
  broken: [],
  evidence: {
    ...{ requests: 20_000, failedRequests: 0, ackedWrites: 9_000, lostWrites: 0 },
    ...{ longestGapMs: 310, seconds: 300 },
  },
};
const rows = (...results: DemoResult[]) =>
  tablePart(results)
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe('the table of kinds of clusters', () => {
  it('says of each what was seen', () => {
    expect(rows(ONE)).toEqual([
      [
        ...['zones,secured', '8.19.0', '4 → 6', 'there', '0 of 20000', '0 of 9000', '310 ms', 'abc1234'],
        ...['2026-03-14 09:30', 'kept'],
      ],
    ]);
  });

  it('has the last run of each kind and way, and each that broke a promise', () => {
    const later = (minute: number, change: Partial<DemoResult> = {}) => ({
      ...ONE,
      endedAt: `2026-03-14T10:${minute}:00.000Z`,
      ...change,
    });
    const { evidence: _, ...unjudged } = later(11, { ok: false, broken: ['one write is lost'] });
    const shown = rows(ONE, unjudged, later(12), later(13, { rollback: 'after-switch' }), later(14, { es: '9.2.0' }));
    expect(shown.map((row) => [row[1], row[3], row[8], row[9]])).toEqual([
      ['8.19.0', 'there', '2026-03-14 10:11', 'BROKEN: one write is lost'],
      ['8.19.0', 'there', '2026-03-14 10:12', 'kept'],
      ['8.19.0', 'back, after-switch', '2026-03-14 10:13', 'kept'],
      ['9.2.0', 'there', '2026-03-14 10:14', 'kept'],
    ]);
    expect(shown[0]?.[4]).toBe('?');
  });
});
