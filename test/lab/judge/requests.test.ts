import type { RequestLine } from '../../../lab/app/journal';
import type { Excuse } from '../../../lab/judge';
import { longestGapOf } from '../../../lab/judge/gaps';
import { countRequests, isRequest, isWrite, parseLines, percentile } from '../../../lab/judge/requests';

const line = (t: number, change: Partial<RequestLine> = {}): RequestLine => ({
  t,
  op: 'search',
  ms: 5,
  ok: true,
  status: 200,
  endpoint: 'http://node:9200',
  id: `r-${t}`,
  ...change,
});

describe('counting requests', () => {
  const steady = Array.from({ length: 100 }, (_, index) => line(1_000 + index * 100));

  it('finds nothing wrong with a steady stream', () => {
    const counts = countRequests([{ host: 'app-1', lines: steady, opened: [] }], 1_000, 11_000);
    expect(counts).toMatchObject({ requests: 100, failedRequests: 0, longestGapMs: 100, p50Ms: 5, p99Ms: 5 });
  });

  it('finds a failed request and says where and why', () => {
    const failed = line(5_050, { ok: false, status: 503, error: 'no\n\tmaster' });
    const counts = countRequests([{ host: 'app-2', lines: [...steady, failed], opened: [] }], 1_000, 11_000);
    expect(counts.failedRequests).toBe(1);
    expect(counts.failures[0]).toContain('app-2: search at http://node:9200: 503 no master');
  });

  it('counts a request that was under way at either mark, and none outside', () => {
    const lines = [line(0), line(990, { ms: 20 }), line(1_500), line(1_990, { ms: 20, ok: false }), line(2_001)];
    expect(countRequests([{ host: 'a', lines, opened: [] }], 1_000, 2_000)).toMatchObject({
      requests: 3,
      failedRequests: 1,
    });
  });

  it('finds the gap in which no host had a success, and each host’s own', () => {
    const of = (from: number, to: number) => steady.filter(({ t }) => t < from || t >= to);
    const counts = countRequests(
      [
        { host: 'app-1', lines: of(3_000, 8_000), opened: [] },
        { host: 'app-2', lines: of(5_000, 9_000), opened: [] },
      ],
      1_000,
      11_000,
    );
    expect(counts.longestGapMsPerHost).toEqual({ 'app-1': 5_100, 'app-2': 4_100 });
    expect(counts.longestGapMs).toBe(3_100);
  });

  it('takes failures, the start and the end for no success', () => {
    expect(longestGapOf([line(4_000), line(5_000, { ok: false })], { from: 0, to: 10_000 })).toBe(5_995);
    expect(longestGapOf([], { from: 0, to: 10_000 })).toBe(10_000);
    expect(longestGapOf([line(4_000, { ms: 3_000 })], { from: 0, to: 10_000 })).toBe(7_000);
  });

  it('takes percentiles by nearest rank and knows none of nothing', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(values, 0.99)).toBe(99);
    expect(percentile(values, 0.5)).toBe(50);
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('reading journals', () => {
  const text = `${JSON.stringify(line(1))}\n`;

  it('takes only a last line without its end for torn', () => {
    expect(parseLines('log', `${text}{"t":2,"op`, isRequest)).toEqual([line(1)]);
    expect(parseLines('log', '', isRequest)).toEqual([]);
  });

  it.each(['{"t":2,"op', '', '{"t":"2","ms":1,"ok":true}', 'null', '{"t":2,"ms":1}'])('refuses the line %j', (bad) => {
    expect(() => parseLines('log', `${text}${bad}\n${text}`, isRequest)).toThrow('log, line 2');
  });

  it('refuses an acknowledged write without its place', () => {
    const write = { writeId: 'w', index: 'orders', id: '1', hash: 'h', t: 1 };
    expect(parseLines('ledger', `${JSON.stringify(write)}\n`, isWrite)).toHaveLength(1);
    expect(() => parseLines('ledger', `${JSON.stringify({ ...write, id: '' })}\n`, isWrite)).toThrow('line 1');
  });
});

describe('requests that a fault of the lab itself cuts off', () => {
  const cut = { from: 5_000, to: 6_000, reason: 'node was killed', requests: ['10.0.0.1'] };
  const failed = (t: number, endpoint: string) => line(t, { ok: false, status: 0, endpoint });
  const count = (lines: RequestLine[], excuse: Excuse) =>
    countRequests([{ host: 'app-1', lines, opened: [] }], 0, 20_000, [excuse]);

  it('are counted apart when they went to the node that was cut off, then', () => {
    const counts = count([line(1), failed(5_500, 'http://10.0.0.1:9200'), failed(4_998, 'http://10.0.0.1:9200')], cut);
    expect(counts).toMatchObject({ requests: 3, failedRequests: 0, excusedRequests: 2 });
    expect(counts.excusedFailures).toHaveLength(2);
  });

  it('are told by the error where no connection was made', () => {
    const refused = (address: string) => ({
      ...failed(5_500, ''),
      error: `ConnectionError: connect ECONNREFUSED ${address}:9200`,
    });
    expect(count([refused('10.0.0.1')], cut)).toMatchObject({ failedRequests: 0, excusedRequests: 1 });
    const closed = 'ConnectionError: other side closed - Local: 10.0.0.2:5, Remote: 10.0.0.1:9200';
    expect(count([{ ...failed(5_500, ''), error: closed }], cut)).toMatchObject({ excusedRequests: 1 });
    expect(count([refused('10.0.0.11')], cut)).toMatchObject({ failedRequests: 1, excusedRequests: 0 });
  });

  it.each([
    ['another node', failed(5_500, 'http://10.0.0.2:9200')],
    ['an unknown node', failed(5_500, '')],
    ['another time', failed(6_001, 'http://10.0.0.1:9200')],
  ])('are held against the move at %s', (_, request) => {
    expect(count([request], cut)).toMatchObject({ failedRequests: 1, excusedRequests: 0 });
  });

  it('may stop everything for a while only when the fault stops the whole cluster', () => {
    const lines = Array.from({ length: 20 }, (_, second) => line(second * 1_000)).filter(
      ({ t }) => t < 5_000 || t > 9_000,
    );
    const whole = { ...cut, from: 4_500, to: 9_500 };
    expect(count(lines, whole).longestGapMs).toBeGreaterThan(4_000);
    expect(count(lines, { ...whole, requests: 'any' as const }).longestGapMs).toBeLessThanOrEqual(1_000);
  });
});
