import { createObserveActivities } from '../../../src/activities/observe/activities';
import type { Deps } from '../../../src/activities/deps';
import * as lies from '../../support/cluster/lies';
import { simulatedWorld } from '../../support/cluster/world';
import { testDeps, testPlan } from '../../elasticsearch/world';

const plan = testPlan([{ name: 'old-1', address: '127.0.1.99' }], [{ name: 'new-1', address: '127.0.2.99' }], {
  sampleSeconds: 1,
});
const HEADERLESS = '12345';

/** Time passes at once, and can be cancelled. */
function quick(deps: Deps): { deps: Deps; beats: unknown[] } {
  const beats: unknown[] = [];
  const sleep = async (milliseconds: number) => {
    await new Promise((done) => setTimeout(done, milliseconds >= 20_000 ? 200 : 1));
  };
  return { beats, deps: { ...deps, sleep, heartbeat: (details) => void beats.push(structuredClone(details)) } };
}

describe('observe', () => {
  it('takes the samples it is asked for; a cluster that does not answer is a sample of nothing known', async () => {
    const world = await testDeps(plan);
    world.hosts.answer = (host) => (host === 'hub' ? HEADERLESS : '');
    const { deps, beats } = quick(world.deps);
    const samples = await createObserveActivities(deps).observe({ count: 2 });
    expect(samples).toHaveLength(2);
    expect(samples[0]).toMatchObject({ health: 'unknown', oldShards: 0, bridgeBytes: 12345 });
    expect(beats).toMatchObject([{ samples: [{}] }, { samples: [{}, {}] }, { samples: [{}, {}] }]);
  });

  it.each([
    ['goes on when it is yellow once', 'gygyg', undefined, 5],
    ['ends when it was green and is yellow twice', 'ggyyy', undefined, 4],
    ['goes on where it was never green', 'yyyyy', false, 5],
    ['ends when it was green before the first of them', 'yyyyy', true, 2],
    ['ends when it was green in between', 'ygyyy', false, 4],
  ])('%s', async (_what, says, green, count) => {
    const world = simulatedWorld('moved');
    const left = [...says].map((letter) => ({ g: 'green', y: 'yellow' })[letter]);
    world.cluster.tell(
      lies.about(
        lies.HEALTH,
        lies.but((answer) => Object.assign(answer, { status: left.shift() })),
      ),
    );
    const { deps } = quick(world.deps);
    const samples = await createObserveActivities(deps).observe({ count: says.length, green });
    expect(samples.map(({ health }) => health[0]).join('')).toBe(says.slice(0, count));
  });

  it('is not held up by a look that hangs', async () => {
    const world = await testDeps(plan);
    world.hosts.ask = () => new Promise<string>(() => undefined);
    const { deps } = quick(world.deps);
    expect(await createObserveActivities(deps).observe({ count: 1 })).toMatchObject([{ health: 'unknown' }]);
  });

  it('ends at once with a cancellation', async () => {
    const world = await testDeps(plan);
    world.hosts.ask = () => new Promise<string>(() => undefined);
    const deps = { ...world.deps, sleep: () => Promise.reject(new Error('cancelled')) };
    await expect(createObserveActivities(deps).observe({ count: 3 })).rejects.toThrow('cancelled');
  });
});
