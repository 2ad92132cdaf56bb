import { Context } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import pino from 'pino';
import type { Scope } from '../../src/elasticsearch/scope';
import { createDeps, Scopes } from '../../src/activities/scope';
import { Standing, stand } from '../../src/activities/standing';
import { parsePlan } from '../../src/plan/parse';
import type { Plan, PlanInput } from '../../src/plan/schema';
import { without } from '../../src/plan/without';
import { planInput } from '../workflows/support/plan';

const log = pino({ level: 'silent' });
const IDLE_MS = 11 * 60_000;

/** A pool whose scopes remember how often they were opened and closed. */
function pool(plan: () => PlanInput) {
  const events: string[] = [];
  let asked = 0;
  const open = async ({ name }: Plan): Promise<Scope> => {
    events.push(`open ${name}`);
    const close = async () => void events.push(`close ${name}`);
    return { plan: { name }, hosts: { close }, cluster: { close: async () => undefined } } as unknown as Scope;
  };
  const scopes = new Scopes(open, log);
  const withAbortSignal = <T>(_signal: AbortSignal, run: () => Promise<T>) => run();
  const client = { withAbortSignal, workflow: { getHandle: () => ({ query: async () => (asked++, plan()) }) } };
  /** Runs something in an activity of this run. */
  const inRun = <T>(runId: string, run: (context: Context) => Promise<T>, attempt = 1) => {
    const workflowExecution = { workflowId: 'bigswitch-shop', runId };
    const environment = new MockActivityEnvironment({ workflowExecution, attempt }, { client: client as never });
    return environment.run(async () => run(Context.current()));
  };
  return { scopes, events, inRun, asked: () => asked };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('all runs of a migration share its connections; each run is asked for the plan once', async () => {
  const { scopes, events, inRun, asked } = pool(() => planInput());
  await inRun('one', () => scopes.scope());
  await inRun('one', () => scopes.scope());
  await inRun('two', () => scopes.scope());
  expect(events).toEqual(['open shop']);
  expect(asked()).toBe(2);
  await scopes.close();
  expect(events).toEqual(['open shop', 'close shop']);
});

test('connections are closed when nobody used them for ten minutes, never while an activity runs', async () => {
  const { scopes, events, inRun } = pool(() => planInput());
  await inRun('one', async (context) => {
    await scopes.scope();
    jest.advanceTimersByTime(IDLE_MS);
    expect(events).toEqual(['open shop']);
    scopes.release(context);
  });
  await jest.advanceTimersByTimeAsync(IDLE_MS + 60_000);
  expect(events).toEqual(['open shop', 'close shop']);
  await inRun('one', () => scopes.scope());
  expect(events).toEqual(['open shop', 'close shop', 'open shop']);
  await scopes.close();
});

test('a connection that never ends does not keep the worker from ending', async () => {
  jest.useRealTimers();
  const never = () => new Promise<void>(() => undefined);
  let hostsClosed = false;
  const open = async () =>
    ({ cluster: { close: never }, hosts: { close: async () => void (hostsClosed = true) } }) as unknown as Scope;
  const scopes = new Scopes(open, log);
  await run(scopes);
  await scopes.close();
  expect(hostsClosed).toBe(true);

  async function run(target: Scopes): Promise<void> {
    const withAbortSignal = <T>(_signal: AbortSignal, work: () => Promise<T>) => work();
    const client = { withAbortSignal, workflow: { getHandle: () => ({ query: async () => planInput() }) } };
    const environment = new MockActivityEnvironment({}, { client: client as never });
    await environment.run(async () => void (await target.scope()));
  }
}, 20_000);

test('a workflow that gives no plan is asked again by the next activity', async () => {
  let answer: unknown = 'nonsense';
  const { scopes, inRun } = pool(() => answer as PlanInput);
  await expect(inRun('one', () => scopes.scope())).rejects.toThrow(/one JSON object/);
  answer = planInput();
  await expect(inRun('one', () => scopes.scope())).resolves.toMatchObject({ plan: { name: 'shop' } });
  await scopes.close();
});

test('outside an activity a heartbeat does nothing, and a wait just waits', async () => {
  jest.useRealTimers();
  const { scopes } = pool(() => planInput());
  const deps = createDeps(scopes, { resolve: async () => 'x' }, log);
  expect(() => deps.heartbeat(1)).not.toThrow();
  await expect(deps.sleep(1)).resolves.toBeUndefined();
  await scopes.close();
});

test('a run is asked for its plan anew when a host was given up, and when an activity is tried again', async () => {
  const rest = () => without(parsePlan(planInput()), ['old-1']);
  let plan: () => PlanInput = planInput;
  const { scopes, inRun, asked } = pool(() => plan());
  const told = (context: Context, gone: string[]) =>
    stand(context, new Standing(context, { without: gone }, async () => true));
  await inRun('one', () => scopes.scope());
  plan = rest;
  await inRun('one', () => scopes.scope());
  expect(asked()).toBe(1);
  for (let i = 0; i < 2; i++) {
    await inRun('one', (context) => {
      told(context, ['old-1']);
      return scopes.scope();
    });
    expect(asked()).toBe(2);
  }
  await inRun('one', () => scopes.scope(), 2);
  expect(asked()).toBe(3);
  await scopes.close();
});
