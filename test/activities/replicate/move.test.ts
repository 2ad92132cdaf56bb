import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { moveForAWhile, type Turn } from '../../../src/activities/replicate/move';
import type { Left, Pace } from '../../../src/elasticsearch/shards/pace';
import { testPlan } from '../../elasticsearch/world';
import { testDeps } from '../deps';

const plan = testPlan([{ name: 'old-1', address: '127.0.1.99' }], [{ name: 'new-1', address: '127.0.2.99' }], {
  replicate: { stuckMinutes: 0.01 },
  sampleSeconds: 1,
});
const deps = { ...testDeps({ plan }), sleep: () => new Promise<void>((done) => setTimeout(done, 200)) };
const LEFT: Left = { shardsTotal: 2, shardsLeft: 1, bytesTotal: 10, bytesLeft: 5, recoveries: [] };
const REASON = { sentence: 'new-1 has no room.', action: 'Free some disk there.' };

const standing =
  (why: Turn['why']) =>
  async (pace: Pace): Promise<Turn> => {
    pace.note(LEFT);
    return { done: false, why };
  };

describe('moveForAWhile', () => {
  it('says why nothing moves once the time is over, and takes it back when it moves again', async () => {
    const because = standing(async () => REASON);
    const first = await moveForAWhile(deps, undefined, because);
    expect(first.stuck).toEqual(REASON);
    const moving = async (pace: Pace): Promise<Turn> => {
      pace.note({ ...LEFT, shardsLeft: 0 });
      return { done: false, why: async () => REASON };
    };
    const second = await moveForAWhile(
      { ...deps, scope: async () => ({ ...(await deps.scope()), plan: patient() }) },
      first,
      moving,
    );
    expect(second.stuck).toBeUndefined();
    expect(second.stalledSeconds).toBeLessThan(5);
  });

  it('calls an unanswered look unknown: not stuck, not progress', async () => {
    const before = {
      ...(await moveForAWhile(
        deps,
        undefined,
        standing(async () => REASON),
      )),
      stalledSeconds: 60,
    };
    const after = await moveForAWhile(deps, before, async () => {
      throw new Error('no new node answers');
    });
    expect(after).toMatchObject({ done: false, shardsLeft: 1, stalledSeconds: 60 });
    expect(after.unanswered?.reason).toBe('no new node answers');
    expect(after.stuck).toBeUndefined();
  });

  it('is stuck for an unknown reason when only the reason is not answered', async () => {
    const why = async () => {
      throw new Error('time-out');
    };
    const { stuck } = await moveForAWhile(deps, undefined, standing(why));
    expect(stuck?.sentence).toMatch(/No byte has moved .* does not say why \(time-out\)/);
  });

  it('leaves what no retry can cure, and a cancellation, to the workflow', async () => {
    for (const error of [ApplicationFailure.nonRetryable('refused'), new CancelledFailure('cancelled')]) {
      await expect(
        moveForAWhile(deps, undefined, async () => {
          throw error;
        }),
      ).rejects.toBe(error);
    }
  });
});

function patient() {
  return { ...plan, replicate: { ...plan.replicate, stuckMinutes: 15 } };
}
