import type { Trying } from '../../../src/contract/trying';
import { longTried } from '../../../src/workflows/notices/notices';

jest.mock('@temporalio/workflow', () => ({
  ...jest.requireActual<object>('@temporalio/workflow'),
  workflowInfo: () => ({ workflowId: 'bigswitch-shop' }),
}));

const NOW = Date.parse('2026-03-04T05:10:00.000Z');

beforeEach(() => jest.useFakeTimers({ now: NOW }));
afterEach(() => jest.useRealTimers());

function tried(minutes: number): Trying {
  const [since, next] = [NOW - minutes * 60_000, NOW + 10_000].map((time) => new Date(time).toISOString()) as [
    string,
    string,
  ];
  return { what: 'join: start new-2', attempt: 12, why: 'no route to host', since, next };
}

test('after five minutes of tries people are told what waits and why, in one notice for all', () => {
  expect(longTried([])).toBeUndefined();
  expect(longTried([tried(4.9)])).toBeUndefined();
  expect(longTried([tried(1), tried(5), tried(6)])).toMatchObject({
    event: 'waiting',
    what:
      'The run waits: join: start new-2 is tried for the 12th time at 05:10:10 UTC, as it has failed since 05:05:00: ' +
      'no route to host. So it is with 1 more, see the query `status`.',
  });
});
