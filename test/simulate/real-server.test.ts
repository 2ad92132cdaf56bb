import { join } from 'node:path';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { bundleWorkflows } from '../../src/bundle-workflows';
import { devServer } from '../workflows/support/lab';
import type { SmallActivities } from './support/small-workflows';
import { AttemptFailed, type Attempt } from './temporal/activities';
import { simulationBundle } from './temporal/bundle';
import { Sandbox } from './temporal/sandbox';
import { Server } from './temporal/server';

const WORKFLOWS = join(__dirname, 'support', 'small-workflows.ts');
const HEARTBEAT_MS = 100;

/** The same workflows on the real server, with the SDK's own worker. */
describe('the simulated server does as the real one', () => {
  let env: TestWorkflowEnvironment;
  let stop: () => Promise<void> = async () => undefined;
  let sandbox: Sandbox;

  beforeAll(async () => {
    env = await devServer();
    stop = () => env.teardown();
    const bundle = await bundleWorkflows(WORKFLOWS);
    sandbox = new Sandbox(await simulationBundle([], WORKFLOWS));
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: 'small',
      workflowBundle: bundle,
      activities: realActivities,
      maxHeartbeatThrottleInterval: HEARTBEAT_MS,
    });
    const running = worker.run();
    stop = async () => {
      worker.shutdown();
      await running;
      await env.teardown();
    };
  });
  afterAll(() => stop());

  const realActivities: SmallActivities = {
    async flaky({ times, nonRetryable }) {
      const { attempt } = Context.current().info;
      if (attempt > times) return `attempt ${attempt}`;
      throw ApplicationFailure.create({ message: `attempt ${attempt}`, type: nonRetryable ? 'Refused' : 'Flaky' });
    },
    async hang() {
      const beat = setInterval(() => Context.current().heartbeat(), HEARTBEAT_MS);
      try {
        await Context.current().cancelled;
      } finally {
        clearInterval(beat);
      }
    },
  };

  test.each(['waits', 'works', 'children'])('%s', async (type) => {
    const real = await env.client.workflow.execute<(...args: unknown[]) => Promise<string[]>>(type, {
      taskQueue: 'small',
      workflowId: `real-${type}`,
      args: [],
    });
    expect(simulated(sandbox, type)).toEqual(real);
  });

  test('messages, and a new run', async () => {
    const handle = await env.client.workflow.start('hears', { taskQueue: 'small', workflowId: 'real-hears', args: [] });
    const real = await conversation(env.client, handle.workflowId);
    const server = serverOf(sandbox);
    server.start('hears', 'real-hears', []);
    const refused = server.update('real-hears', 'ask', 'no') ?? '';
    run(server, () => server.answers.has(refused));
    server.signal('real-hears', 'say', 'one');
    run(server, () => server.executions.get('real-hears')?.info.continuedFromExecutionRunId !== undefined);
    const heard = server.update('real-hears', 'ask', 'this') ?? '';
    run(server, () => server.answers.has(heard));
    server.signal('real-hears', 'say', 'two');
    run(server, () => !server.running('real-hears'));
    const answers = [server.answers.get(refused), server.answers.get(heard)];
    expect([...answers, resultOf(server, 'real-hears')]).toEqual(real);
  });
});

async function conversation(client: Client, workflowId: string): Promise<unknown[]> {
  // Of any run: the first one goes on in a second.
  const handle = client.workflow.getHandle(workflowId);
  const ask = (what: string) =>
    handle.executeUpdate<string, [string]>('ask', { args: [what] }).then(
      (answer) => JSON.stringify(answer),
      (error: Error) => `refused: ${(error.cause as Error).message}`,
    );
  const refused = await ask('no');
  const { runId } = await handle.describe();
  await handle.signal('say', 'one');
  while ((await handle.describe()).runId === runId);
  const heard = await ask('this');
  await handle.signal('say', 'two');
  return [refused, heard, await handle.result()];
}

function serverOf(sandbox: Sandbox): Server {
  const soon: Attempt = { actAfter: 1, answerAfter: 1, act: () => undefined, hearsCancellation: true };
  return new Server(1, sandbox, {
    replayed: false,
    suggestAfter: () => 10_000,
    taskFailed: (_execution, error) => {
      throw error;
    },
    attempt: ({ name, input, attempt }) => {
      if (name === 'hang') return { ...soon, actAfter: Infinity, answerAfter: Infinity };
      const { times, nonRetryable } = input as { times: number; nonRetryable?: boolean };
      const message = `attempt ${attempt}`;
      const fail = () => {
        throw new AttemptFailed({ kind: 'application', message, type: nonRetryable ? 'Refused' : 'Flaky' });
      };
      return { ...soon, act: attempt > times ? () => message : fail };
    },
  });
}

function run(server: Server, until: () => boolean): void {
  while (!until()) if (!server.clock.step()) throw new Error('nothing is to come');
}

function resultOf(server: Server, workflowId: string): unknown {
  const { result, failure, status } = server.executions.get(workflowId) ?? {};
  return result ? server.read(result) : `${status}: ${failure?.message}`;
}

function simulated(sandbox: Sandbox, type: string): unknown {
  const server = serverOf(sandbox);
  server.start(type, `real-${type}`, []);
  run(server, () => !server.running(`real-${type}`));
  return resultOf(server, `real-${type}`);
}
