import type { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { Context as CurrentContext } from '@temporalio/activity';
import { guard, heartbeat } from '../../src/activities/guard';
import { Redactor } from '../../src/secrets/redact';
import type { Activities } from '../../src/contract/activities';

/** Runs one activity in its coat. */
function guarded(activity: () => Promise<unknown>, environment = new MockActivityEnvironment()) {
  const redactor = new Redactor();
  redactor.remember('hunter2-hunter2');
  const ended: Context[] = [];
  const told: unknown[][] = [];
  const coats = guard({ proveJoin: activity } as unknown as Activities, {
    redactor,
    context: () => CurrentContext.current(),
    beat: async () => true,
    teller: { attemptEnded: (...ending) => void told.push(ending) },
    ended: (context) => ended.push(context),
  });
  const run = environment.run(() => coats.proveJoin());
  return { environment, ended, told, run };
}

async function failureOf(activity: () => Promise<unknown>, attempt = 1): Promise<ApplicationFailure> {
  const { run } = guarded(activity, new MockActivityEnvironment({ attempt }));
  const error: unknown = await run.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApplicationFailure);
  return error as ApplicationFailure;
}

test('an answer goes through, and the scope is given back', async () => {
  const { run, ended } = guarded(async () => ({ proven: 'yes', facts: {} }));
  await expect(run).resolves.toEqual({ proven: 'yes', facts: {} });
  expect(ended).toHaveLength(1);
});

test('how an attempt ended is told, without any secret', async () => {
  const well = guarded(async () => ({ proven: 'yes', facts: {} }));
  await well.run;
  expect(well.told).toEqual([[expect.any(CurrentContext), undefined]]);
  const ill = guarded(async () => {
    throw new Error('bad login hunter2-hunter2');
  });
  await ill.run.catch(() => undefined);
  expect(ill.told).toMatchObject([[expect.any(CurrentContext), undefined, { message: 'bad login [secret]' }]]);
});

test('an unknown error may be tried again, and holds no secret in any form', async () => {
  const basic = Buffer.from('hunter2-hunter2').toString('base64');
  const failure = await failureOf(async () => {
    throw new TypeError(`bad login hunter2-hunter2, ${basic}`);
  });
  expect(failure).toMatchObject({ type: 'TypeError', nonRetryable: false, message: 'bad login [secret], [secret]' });
  expect(JSON.stringify([failure.stack, failure.cause])).not.toContain('hunter2');
});

test.each([
  ['StepFailed', 1, false],
  ['StepFailed', 3, true],
  ['ProofFailed', 2, false],
  ['ProofFailed', 3, true],
])('%s in attempt %d: a person is needed %s', async (type, attempt, nonRetryable) => {
  const failure = await failureOf(async () => {
    throw ApplicationFailure.retryable('the service is not up', type);
  }, attempt);
  expect(failure).toMatchObject({ type, nonRetryable });
});

test('what says that no retry helps is never retried', async () => {
  const failure = await failureOf(async () => {
    throw ApplicationFailure.nonRetryable('wrong host key', 'SshRefused');
  });
  expect(failure).toMatchObject({ type: 'SshRefused', nonRetryable: true });
});

test('a message of any length fits into the history, and several errors in one are all told', async () => {
  expect((await failureOf(() => Promise.reject(new Error('x'.repeat(100_000))))).message).toHaveLength(4000);
  const many = new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')]);
  expect((await failureOf(() => Promise.reject(many))).message).toBe('::1 refused; 127.0.0.1 refused');
});

test('a cancellation brings along what the last heartbeat told', async () => {
  const { environment, run } = guarded(async () => {
    heartbeat(CurrentContext.current(), ['sample']);
    await CurrentContext.current().cancelled;
  });
  environment.cancel('CANCELLED');
  const error: unknown = await run.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CancelledFailure);
  expect((error as CancelledFailure).details).toEqual([['sample']]);
});

test('a beat in between does not erase what a retry resumes from', async () => {
  const environment = new MockActivityEnvironment({ heartbeatDetails: ['before'] });
  const beats: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => beats.push(details));
  const { run } = guarded(async () => {
    heartbeat(CurrentContext.current());
    heartbeat(CurrentContext.current(), ['now']);
    heartbeat(CurrentContext.current());
  }, environment);
  await run;
  expect(beats).toEqual([['before'], ['before'], ['now'], ['now']]);
});
