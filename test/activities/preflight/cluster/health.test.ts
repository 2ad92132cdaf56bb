import * as lies from '../../../support/cluster/lies';
import type { Lie } from '../../../support/cluster/cluster';
import { notWell, worldBefore } from './looked';

afterEach(() => jest.restoreAllMocks());

const found = (...told: Lie[]) => notWell(worldBefore({ lies: told }));
const OPEN: [string, Record<string, unknown>, RegExp][] = [
  ['yellow', { status: 'yellow' }, /yellow/],
  ['red', { status: 'red', unassigned_shards: 1 }, /red, 1 unassigned/],
  ['without a copy', { unassigned_shards: 2 }, /2 unassigned/],
  ['making a copy', { initializing_shards: 2 }, /2 initializing/],
  ['not answering in time', { timed_out: true }, /timed out/],
];

test.each(OPEN)('a cluster that is %s is refused for good', async (_what, figures, seen) => {
  expect(await found(lies.health(figures))).toEqual([
    {
      ...{ name: 'health', subject: '', result: 'failed', waivable: false },
      seen: expect.stringMatching(seen) as unknown,
      remedy: expect.stringContaining('allocation/explain') as unknown,
    },
  ]);
});

test('one that can not be asked is refused, and nobody is sent to make it green', async () => {
  const [first, ...others] = await found(lies.about(lies.HEALTH, lies.status(503)));
  expect(first).toMatchObject({ name: 'health', waivable: false, seen: expect.stringContaining('503') });
  expect(first?.remedy).not.toMatch(/green/);
  expect(others).toEqual([]);
});

test('an index that is made just now is waited for', async () => {
  expect(await found(lies.about(lies.HEALTH, lies.atFirst(3, lies.health({ status: 'yellow' }))))).toEqual([]);
});

test('shards that the balancer moves are told, and hold nothing up', async () => {
  expect(await found(lies.health({ relocating_shards: 2 }))).toEqual([
    {
      ...{ name: 'relocations', subject: '', result: 'warn', waivable: true },
      seen: expect.stringMatching(/^2 shards/) as unknown,
      remedy: expect.stringContaining('cluster.routing.rebalance.enable') as unknown,
    },
  ]);
});

describe('tasks that wait for the master', () => {
  const waiting = (count: number, millis: number) =>
    lies.health({ number_of_pending_tasks: count, task_max_waiting_in_queue_millis: millis });

  test('are nothing where they come and go', async () => {
    expect(await found(lies.about(lies.HEALTH, lies.atFirst(2, waiting(9, 900))))).toEqual([]);
  });

  test('are told where there are some at each look', async () => {
    expect(await found(waiting(9, 900))).toMatchObject([
      { name: 'pending-tasks', result: 'warn', seen: expect.stringMatching(/9 .* 0\.9 s/) },
    ]);
  });

  test('fail where they have waited for as long as a request waits for the master', async () => {
    const late = { name: 'pending-tasks', result: 'failed', waivable: true };
    expect(await found(waiting(1, 30_000))).toMatchObject([late]);
    expect(await found(waiting(1, 29_999))).toMatchObject([{ result: 'warn' }]);
  });

  test('fail where there are more of them at each look', async () => {
    const grow = (step: number): Lie => {
      let count = 10;
      const more = lies.but((answer) => {
        count += step;
        Object.assign(answer, { number_of_pending_tasks: count, task_max_waiting_in_queue_millis: 2_000 });
      });
      return lies.about(lies.HEALTH, more);
    };
    expect(await found(grow(5))).toMatchObject([
      { name: 'pending-tasks', result: 'failed', waivable: true, remedy: expect.stringContaining('pending_tasks') },
    ]);
    expect(await found(grow(-1))).toMatchObject([{ result: 'warn' }]);
  });
});
