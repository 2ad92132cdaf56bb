import type { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { Teller } from '../../src/activities/teller';
import type { TriesTold } from '../../src/contract/trying';

const NOW = Date.parse('2026-03-04T05:06:07.000Z');
const FAILED = ApplicationFailure.retryable('old-1 can not be reached', 'HostUnreachable');

/** Contexts of one run's activities, and what that run was told, with the second in which it was. */
function run(runId = 'run-1') {
  const told: { second: number; tries: TriesTold['tries'] }[] = [];
  const signal = async (_name: string, { tries }: TriesTold) => {
    told.push({ second: (Date.now() - NOW) / 1000, tries });
  };
  const context = (activityId: string, attempt: number, more: object = {}) =>
    ({
      info: {
        activityId,
        activityType: 'installBridgeClient',
        workflowType: 'migrateCluster',
        attempt,
        scheduledTimestampMs: NOW,
        workflowExecution: { workflowId: 'bigswitch-shop', runId },
        // As a server says it: no limit is 0.
        retryPolicy: { initialInterval: 1000, backoffCoefficient: 2, maximumInterval: 30_000, maximumAttempts: 0 },
        ...more,
      },
      client: { workflow: { getHandle: () => ({ signal }) } },
    }) as unknown as Context;
  return { told, context };
}

beforeEach(() => jest.useFakeTimers({ now: NOW }));
afterEach(() => jest.useRealTimers());

test('a run is told what fails, why and when it is tried next; all at once, and once a minute', async () => {
  const teller = new Teller();
  const { told, context } = run();
  for (let second = 0; second < 600; second++) {
    for (let host = 1; host <= 16; host++) {
      teller.attemptEnded(context(`${host}`, second + 1), { host: `old-${host}` }, FAILED);
    }
    await jest.advanceTimersByTimeAsync(1000);
  }
  expect(told.map(({ second }) => second)).toEqual([5, 65, 125, 185, 245, 305, 365, 425, 485, 545]);
  expect(new Set(told.map(({ tries }) => tries.length))).toEqual(new Set([16]));
  expect(told[0]?.tries[0]).toEqual({
    activity: 'installBridgeClient',
    host: 'old-1',
    scheduled: '2026-03-04T05:06:07.000Z',
    attempt: 6,
    why: 'old-1 can not be reached',
    next: '2026-03-04T05:06:27.000Z',
  });
});

test('what works soon afterwards is not told of, and each run hears of its own', async () => {
  const teller = new Teller();
  const [one, other] = [run(), run('run-2')];
  teller.attemptEnded(one.context('1', 1), { host: 'old-1' }, FAILED);
  teller.attemptEnded(other.context('1', 1), { host: 'old-1' }, FAILED);
  teller.attemptEnded(one.context('1', 2), { host: 'old-1' });
  await jest.advanceTimersByTimeAsync(120_000);
  expect(one.told).toEqual([]);
  expect(other.told).toHaveLength(1);
  expect(jest.getTimerCount()).toBe(0);
});

test.each([
  ['no retry helps', 1, ApplicationFailure.nonRetryable('refused'), {}],
  ['of a type that is not tried again', 1, ApplicationFailure.create({ message: 'no', type: 'GivenUp' }), {}],
  ['it was the last try', 3, FAILED, {}],
  ['it was cancelled', 1, new CancelledFailure('cancelled'), {}],
  ['it is the watch', 1, FAILED, { activityType: 'observe' }],
  ['its workflow does not hear it', 1, FAILED, { workflowType: 'planMigration' }],
  ['it is beside the migration', 1, FAILED, { activityType: 'notify' }],
])('nothing is told when %s', async (_name, attempt, error, more) => {
  const { told, context } = run();
  const retryPolicy = { maximumAttempts: 3, nonRetryableErrorTypes: ['GivenUp'] };
  new Teller().attemptEnded(context('1', attempt, { retryPolicy, ...more }), undefined, error);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([]);
});

test('an attempt that the server gave up, as it took too long, is told of too', async () => {
  const { told, context } = run();
  const given = { ...context('1', 1), cancellationDetails: { timedOut: true } } as unknown as Context;
  new Teller().attemptEnded(given, { host: 'old-1' }, new CancelledFailure('TIMED_OUT'));
  await jest.advanceTimersByTimeAsync(5_000);
  expect(told[0]?.tries[0]?.why).toBe('the try before took too long, or its worker was not heard of');
});

test('a run that has ended, or a server that is away, disturbs nobody', async () => {
  const { context } = run();
  const client = { workflow: { getHandle: () => ({ signal: () => Promise.reject(new Error('not found')) }) } };
  const lost = { ...context('1', 1), client } as unknown as Context;
  new Teller().attemptEnded(lost, { host: 'old-1' }, FAILED);
  await jest.advanceTimersByTimeAsync(60_000);
});
