import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  executeChild,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
  startChild,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';

/** Activities of these workflows. */
export interface SmallActivities {
  /** Fails so many times, then says which attempt worked. */
  flaky(input: { times: number; nonRetryable?: boolean }): Promise<string>;
  /** Never ends by itself. */
  hang(): Promise<void>;
}

const { flaky, hang } = proxyActivities<SmallActivities>({
  startToCloseTimeout: 60_000,
  heartbeatTimeout: 30_000,
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { maximumAttempts: 3, initialInterval: 1000, backoffCoefficient: 2, nonRetryableErrorTypes: ['Refused'] },
});

/** What went wrong, without what differs between two servers. */
function said(error: unknown): string {
  if (isCancellation(error)) return `cancelled (${(error as Error).name})`;
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) {
    const { cause } = error;
    const type = cause instanceof ApplicationFailure ? cause.type : '';
    return `${error.name}: ${cause?.name} ${type} ${cause?.message}`;
  }
  return String(error);
}

/** Timers in order, a condition with and without a time-out, and cancelled scopes. */
export async function waits(): Promise<string[]> {
  const log: string[] = [];
  let free = false;
  const note = (what: string) => log.push(what);
  await Promise.all([
    sleep(3000).then(() => note('timer of 3 s')),
    sleep(1000).then(() => note('timer of 1 s')),
    condition(() => false, 2000).then((met) => note(`condition ${met}`)),
    condition(() => free, 9000).then((met) => note(`condition ${met}`)),
    sleep(4000).then(() => (free = true)),
  ]);
  const scope = new CancellationScope({ cancellable: true });
  const waiting = scope.run(async () => {
    await CancellationScope.nonCancellable(() => sleep(2000));
    note('not cancellable');
    await sleep(1000);
  });
  scope.cancel();
  await waiting.catch((error: unknown) => note(said(error)));
  return log;
}

/** Activities that are tried again, refused, and cancelled. */
export async function works(): Promise<string[]> {
  const log = [await flaky({ times: 2 })];
  await flaky({ times: 5 }).catch((error: unknown) => log.push(said(error)));
  await flaky({ times: 1, nonRetryable: true }).catch((error: unknown) => log.push(said(error)));
  const scope = new CancellationScope({ cancellable: true });
  const hanging = scope.run(() => hang());
  await sleep(300);
  scope.cancel();
  await hanging.catch((error: unknown) => log.push(said(error)));
  return log;
}

/** Children that end well, fail, and are cancelled; an id that is taken. */
export async function children(): Promise<string[]> {
  const { workflowId } = workflowInfo();
  const log = [await executeChild(child, { workflowId: `${workflowId}-a`, args: ['well'] })];
  const fails = executeChild(child, { workflowId: `${workflowId}-b`, args: ['fails'] });
  await fails.catch((error: unknown) => log.push(said(error)));
  const scope = new CancellationScope({ cancellable: true });
  const started = await startChild(child, {
    workflowId: `${workflowId}-c`,
    args: ['waits'],
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
  const taken = startChild(child, { workflowId: `${workflowId}-c`, args: ['well'] });
  await taken.catch((error: unknown) => log.push((error as Error).name));
  const waiting = scope.run(() =>
    executeChild(child, {
      workflowId: `${workflowId}-d`,
      args: ['waits'],
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    }),
  );
  await sleep(300);
  scope.cancel();
  await waiting.catch((error: unknown) => log.push(said(error)));
  await started.signal(goSignal);
  log.push(await started.result());
  return log;
}

/** Tells a child to end. */
export const goSignal = defineSignal('go');

/** A child of {@link children}. */
export async function child(how: string): Promise<string> {
  if (how === 'fails') throw ApplicationFailure.nonRetryable('as told', 'Told');
  let told = false;
  setHandler(goSignal, () => void (told = true));
  if (how === 'waits') await condition(() => told);
  return `child: ${how}`;
}

/** Says something to {@link hears}. */
export const saySignal = defineSignal<[string]>('say');
/** Says something, and hears what came of it. */
export const askUpdate = defineUpdate<string, [string]>('ask');

/** Messages in order, refused updates, and a new run that knows what it was given. */
export async function hears(log: string[] = []): Promise<string[]> {
  const first = uuid4();
  setHandler(saySignal, (what) => void log.push(`signal ${what}`));
  setHandler(askUpdate, (what) => `heard ${what}, ${log.length} so far`, {
    validator: (what) => {
      if (what === 'no') throw ApplicationFailure.nonRetryable('refused');
    },
  });
  const continued = workflowInfo().continuedFromExecutionRunId !== undefined;
  await condition(() => log.filter((line) => line.startsWith('signal')).length >= (continued ? 2 : 1));
  if (!continued) await continueAsNew<typeof hears>([...log, 'goes on']);
  return [...log, first === uuid4() ? 'the same id twice' : 'ids differ'];
}
