import { Pace, type Left } from '../../../src/elasticsearch/shards/pace';
import type { Recovery } from '../../../src/elasticsearch/shards/recovery';

function recovery(recoveredBytes: number, operations = 0): Recovery {
  const where = { index: 'orders', shard: 0, from: 'old-1', to: 'new-1' };
  return { ...where, type: 'PEER', stage: 'INDEX', totalBytes: 1000, recoveredBytes, operations };
}

function left(bytesLeft: number, ...recoveries: Recovery[]): Left {
  return { shardsTotal: 2, shardsLeft: bytesLeft > 0 ? 1 : 0, bytesTotal: 1000, bytesLeft, recoveries };
}

describe('Pace', () => {
  it('measures the rate and says when it will be done', () => {
    const pace = new Pace(undefined, 0);
    pace.note(left(1000, recovery(0)), 0);
    pace.note(left(500, recovery(500)), 10_000);
    expect(pace.progress(false, 10_000)).toMatchObject({ bytesPerSecond: 50, etaSeconds: 10, stalledSeconds: 0 });
    expect(pace.share()).toBe(0.5);
  });

  it('adds up the time without movement over the calls', () => {
    const first = new Pace(undefined, 0);
    first.note(left(500), 0);
    first.note(left(500), 30_000);
    const one = first.progress(false, 30_000);
    const second = new Pace(one, 30_000);
    second.note(left(500), 31_000);
    second.note(left(500), 60_000);
    expect(second.progress(false, 60_000).stalledSeconds).toBe(60);
  });

  it('ends the standstill when bytes arrive, also those that writes make up for', () => {
    const pace = new Pace({ ...new Pace(undefined, 0).progress(false, 0), stalledSeconds: 900 }, 0);
    pace.note(left(500, recovery(100)), 1_000);
    expect(pace.progress(false, 1_000).stalledSeconds).toBe(901);
    pace.note(left(520, recovery(130)), 2_000);
    expect(pace.progress(false, 2_000).stalledSeconds).toBe(0);
  });

  it('takes replayed operations for movement', () => {
    const pace = new Pace(undefined, 0);
    pace.note(left(500, recovery(500, 1)), 0);
    pace.note(left(500, recovery(500, 2)), 30_000);
    expect(pace.progress(false, 30_000).stalledSeconds).toBe(0);
  });

  it('does not take a store that only shrinks for movement, nor a copy that begins anew', () => {
    const pace = new Pace(undefined, 0);
    pace.note(left(500, recovery(100)), 0);
    pace.note(left(400, recovery(0)), 30_000);
    expect(pace.progress(false, 30_000).stalledSeconds).toBe(30);
  });

  it('calls what nobody answered neither progress nor standstill, and says for how long', () => {
    const first = new Pace(undefined, 0);
    first.note(left(500), 0);
    first.note(left(500), 10_000);
    first.unanswered('no node answers', 20_000);
    const one = first.progress(false, 30_000);
    expect(one).toMatchObject({ stalledSeconds: 10, unanswered: { seconds: 20, reason: 'no node answers' } });
    const second = new Pace(one, 30_000);
    second.unanswered('still none', 90_000);
    const two = second.progress(false, 90_000);
    expect(two).toMatchObject({ shardsLeft: 1, bytesLeft: 500, stalledSeconds: 10, unanswered: { seconds: 80 } });
    expect(two.etaSeconds).toBeUndefined();
    const third = new Pace(two, 90_000);
    third.note(left(500), 100_000);
    third.note(left(500), 105_000);
    expect(third.progress(false, 105_000)).toMatchObject({ stalledSeconds: 15 });
    expect(third.progress(false, 105_000).unanswered).toBeUndefined();
  });
});
