import { Monitor } from '../../../lab/app/health';
import type { RequestLine } from '../../../lab/app/journal';

const A = 'http://198.18.1.11:9200';
const B = 'http://198.18.1.12:9200';
const NOW = 1_700_000_000_000;
const line = (endpoint: string, ok = true, ms = 5): RequestLine => ({
  t: NOW - 100,
  op: 'get',
  id: 'r-1',
  ms,
  ok,
  status: ok ? 200 : 0,
  endpoint,
});

function monitorWith(lines: RequestLine[]): Monitor {
  const monitor = new Monitor([A, B]);
  for (const each of lines) monitor.add(each, NOW);
  return monitor;
}

describe('Monitor', () => {
  it('is not healthy before it has seen enough', () => {
    expect(monitorWith([line(A), line(B)]).health(NOW)).toEqual({ ok: false, endpoints: [A, B], lastSuccessMsAgo: 0 });
  });

  it('is healthy when the latest requests succeeded on every endpoint', () => {
    const lines = Array.from({ length: 10 }, (_, i) => line(i % 2 === 0 ? A : B));
    expect(monitorWith(lines).health(NOW).ok).toBe(true);
  });

  it('is not healthy when one endpoint never answered', () => {
    expect(monitorWith(Array.from({ length: 20 }, () => line(A))).health(NOW).ok).toBe(false);
  });

  it('is not healthy right after a failure, even one without an endpoint', () => {
    const lines = Array.from({ length: 20 }, (_, i) => line(i % 2 === 0 ? A : B));
    expect(monitorWith([...lines, line('', false)]).health(NOW).ok).toBe(false);
  });

  it('is not healthy when the last success is long ago', () => {
    const lines = Array.from({ length: 10 }, (_, i) => line(i % 2 === 0 ? A : B));
    expect(monitorWith(lines).health(NOW + 2_500).ok).toBe(false);
  });

  it('counts the last ten seconds', () => {
    const lines = [...Array.from({ length: 99 }, () => line(A, true, 2)), line(B, false, 900)];
    const monitor = monitorWith(lines);
    expect(monitor.stats(NOW)).toEqual({ requests: 100, failed: 1, p50Ms: 2, p99Ms: 900 });
    expect(monitor.stats(NOW + 20_000)).toEqual({ requests: 0, failed: 0, p50Ms: 0, p99Ms: 0 });
  });
});
