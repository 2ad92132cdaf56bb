import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { bundleWorkflows, PAYLOAD_CONVERTER_PATH } from '../../src/bundle-workflows';
import type { Audit, Status } from '../../src/contract/messages';
import { answeredBy, FakeWorld } from './support/fake-world';
import { devServer } from './support/lab';
import { planInput } from './support/plan';

/** Said to a run while no worker is there for it: as much as a busy machine takes in within the five seconds of an activation. */
const SAID = 500;
/** Rounds in which an activation may change what is known: its messages, and a few that follow of them. */
const FEW = 5;
const AT_ONCE = 20;

const MESSAGES: [string, (i: number) => unknown][] = [
  ['approve', () => ({ gate: 'big-switch', token: 'old', by: 'ann' })],
  ['pause', (i) => ({ by: `ann ${i}`, reason: 'backup' })],
  ['resume', () => ({ by: 'ann' })],
  ['throttle', (i) => ({ maxMBps: 1 + i, by: 'ann' })],
  ['giveUp', () => ({ host: 'new-1', by: 'ann', reason: 'it burns' })],
  ['notTold', (i) => ({ id: `${i}`, event: 'blocked', receiver: 'chat', reason: 'no answer' })],
  ['drainNews', () => ({ host: 'old-1', progress: { done: true } })],
  ['rollback', () => 'junk'],
];

const env = devServer();
const bundle = bundleWorkflows(require.resolve('./support/counted-workflows'));
afterAll(async () => (await env).teardown());

async function said(name: string, make: (i: number) => unknown): Promise<WorkflowHandle> {
  const workflowId = `bigswitch-many-${name}-${process.pid}`;
  const { client } = await env;
  const handle = await client.workflow.start('migrateCluster', { taskQueue: name, workflowId, args: [planInput()] });
  const send = async (first: number) => {
    for (let i = first; i < SAID; i += AT_ONCE) await handle.signal(name, make(i));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, first) => send(first)));
  return handle;
}

/** A worker comes, for a world that has no answer yet. */
async function withWorker(taskQueue: string, look: () => Promise<void>): Promise<void> {
  const world = new FakeWorld(planInput());
  world.answers.preflightHost = async () => new Promise<never>(() => undefined);
  const worker = await Worker.create({
    connection: (await env).nativeConnection,
    taskQueue,
    workflowBundle: await bundle,
    dataConverter: { payloadConverterPath: PAYLOAD_CONVERTER_PATH },
    activities: { ...answeredBy(() => world), registered: async () => [] },
    shutdownForceTime: 1_000,
  });
  // What has no answer is given up by force.
  const running = worker.run().catch(() => undefined);
  try {
    await look();
  } finally {
    worker.shutdown();
    await running;
  }
}

test.each(MESSAGES)(
  'hundreds of %s that waited for a worker are taken in and shown at once',
  async (name, make) => {
    const handle = await said(name, make);
    await withWorker(name, async () => {
      expect(await handle.query<number>('showings')).toBeLessThanOrEqual(FEW);
      const audit = await handle.query<Audit>('audit');
      expect(audit.length).toBeLessThanOrEqual(SAID / 2);
      const { events } = await handle.fetchHistory();
      expect(events?.filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([]);
      // Wishes of which nothing was done yet replace each other.
      if (name === 'throttle') expect(audit).toHaveLength(1);
      if (name === 'pause') expect((await handle.query<Status>('status')).heldBy).toHaveLength(50);
      await handle.terminate();
    });
  },
  120_000,
);
