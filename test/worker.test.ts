import { WorkflowFailedError } from '@temporalio/client';
import { Redactor } from '../src/secrets/redact';
import { startMigration } from '../src/client';
import { createLog, createWorker } from '../src/worker';
import { devServer, workflowBundle } from './workflows/support/lab';
import { planInput } from './workflows/support/plan';

const SECRET = 'correct-horse-battery';

test('a real worker asks its workflow for the plan, and no secret gets into the history', async () => {
  const [env, bundle] = await Promise.all([devServer(), workflowBundle()]);
  try {
    const redactor = new Redactor();
    redactor.remember(SECRET);
    const opened: string[] = [];
    const log = createLog(redactor);
    log.level = 'silent';
    const { worker, close } = await createWorker({
      connection: env.nativeConnection,
      taskQueue: 'real-worker',
      workflowBundle: bundle,
      redactor,
      log,
      openScope: async (plan) => {
        opened.push(plan.name);
        throw new Error(`login with ${SECRET} was refused (${Buffer.from(SECRET).toString('base64')})`);
      },
    });
    const error: unknown = await worker.runUntil(async () => {
      const handle = await startMigration(env.client, planInput(), { taskQueue: 'real-worker' });
      const thrown: unknown = await handle.result().catch((failed: unknown) => failed);
      const history = JSON.stringify(await handle.fetchHistory());
      expect(history).not.toContain(SECRET);
      expect(Buffer.from(history).includes(Buffer.from(SECRET).toString('base64'))).toBe(false);
      return thrown;
    });
    await close();
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect((error as WorkflowFailedError).cause).toMatchObject({ type: 'PreflightFailed' });
    expect((error as WorkflowFailedError).cause?.message).toContain('login with [secret] was refused ([secret])');
    expect(new Set(opened)).toEqual(new Set(['shop']));
  } finally {
    await env.teardown();
  }
}, 120_000);
