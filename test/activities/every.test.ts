import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { onEvery } from '../../src/activities/every';
import { HOST_UNREACHABLE } from '../../src/contract/failures';

const away = (host: string) => ApplicationFailure.retryable(`${host}: no route to host`, HOST_UNREACHABLE);

it('gives the answers in the order of the questions', async () => {
  await expect(onEvery([1, 2, 3], async (n) => 2 * n, 2)).resolves.toEqual([2, 4, 6]);
});

it('throws what one of them threw as it is', async () => {
  const failure = away('old-1');
  const run = onEvery(['old-1', 'old-2'], async (host) => {
    if (host === 'old-1') throw failure;
  });
  await expect(run).rejects.toBe(failure);
});

it('finishes all and tells everything that failed', async () => {
  const asked: string[] = [];
  const run = onEvery(
    ['a', 'b', 'c', 'd'],
    async (host) => {
      asked.push(host);
      if (host !== 'c') throw away(host);
    },
    1,
  );
  await expect(run).rejects.toMatchObject({
    message: 'a: no route to host; b: no route to host; d: no route to host',
    type: HOST_UNREACHABLE,
    nonRetryable: false,
  });
  expect(asked).toEqual(['a', 'b', 'c', 'd']);
});

it('is not tried again when one of them can not be cured, and a cancellation stays one', async () => {
  const refused = ApplicationFailure.nonRetryable('b: key is not the pinned one', 'SshRefused');
  const fail = (errors: Error[]) =>
    onEvery(errors, async (error) => {
      throw error;
    });
  await expect(fail([away('a'), refused])).rejects.toMatchObject({ nonRetryable: true });
  const cancelled = new CancelledFailure('the run was turned round');
  await expect(fail([away('a'), cancelled])).rejects.toBe(cancelled);
});
