import { figuresOf, table } from './figures';

describe('figures', () => {
  it('have the median of an odd and an even number of rounds, and the longest', () => {
    expect(figuresOf('status', 60, [30, 10, 20])).toEqual({
      what: 'status',
      shards: 60,
      rounds: 3,
      medianMs: 20,
      p95Ms: 30,
      maxMs: 30,
    });
    expect(figuresOf('status', 60, [4, 1, 3, 2]).medianMs).toBe(2.5);
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(figuresOf('status', 60, hundred)).toMatchObject({ medianMs: 50.5, p95Ms: 96, maxMs: 100 });
  });

  it('are held against their limit, and against those of few shards', () => {
    const few = [figuresOf('status', 60, [10])];
    const many = [figuresOf('status', 1000, [25]), figuresOf('page', 1000, [400])];
    expect(table(few, many, 300)).toBe(
      [
        '|        | median, 60 shards | median, 1000 shards | factor | 95 %   | longest | 300 ms |',
        '|--------|-------------------|---------------------|--------|--------|---------|--------|',
        '| status | 10 ms             | 25 ms               | 2.50 × | 25 ms  | 25 ms   | within |',
        '| page   |                   | 400 ms              |        | 400 ms | 400 ms  | over   |',
      ].join('\n'),
    );
  });
});
