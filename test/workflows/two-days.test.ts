import type { Client } from '@temporalio/client';
import type { MoveProgress } from '../../src/contract/progress';
import { FakeWorld, moved, type Call } from './support/fake-world';
import { approve, approveAll, devServer, startLab, withMigration, type Lab } from './support/lab';
import { planInput } from './support/plan';

/** A hundred looks an hour: a day until all is replicated, and another one until the first old node is empty. */
const POLLS = 100 * 24;
/** From so many events on, Temporal warns about a history. */
const WARNED = 10_240;

let lab: Lab;

// This server never asks for a new run: the bound is our own.
beforeAll(async () => {
  const never = ['limit.historyCount.suggestContinueAsNew=51200', 'limit.historySize.suggestContinueAsNew=52428800'];
  lab = await startLab(devServer(never.flatMap((value) => ['--dynamic-config-value', value])));
}, 180_000);
afterAll(() => lab?.close());

/** An answer that is one shard nearer to the end than the one before, as far as the run remembers that one. */
async function oneLess({ since }: { since?: MoveProgress }): Promise<MoveProgress> {
  const left = (since?.shardsLeft ?? POLLS) - 1;
  const share = left / POLLS;
  return { ...moved(left), shardsTotal: POLLS, bytesLeft: 100e6 * share, stalledSeconds: 36 };
}

/** What each call was told of the one before. */
function told(calls: Call[], name: Call['name'], host?: string): (number | undefined)[] {
  const inputs = calls.filter((call) => call.name === name).map(({ input }) => input);
  const mine = inputs as { host?: string; since?: MoveProgress }[];
  return mine.filter((input) => input.host === host).map(({ since }) => since?.shardsLeft);
}

/** Events of each run of a workflow, and how the newest run was started. */
async function runsOf(client: Client, workflowId: string) {
  const lengths: number[] = [];
  const carried: { encoding: string; input: { carried?: unknown } }[] = [];
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    const execution = { workflowId, runId };
    const { historyLength } = await client.workflow.getHandle(workflowId, runId).describe();
    lengths.push(historyLength);
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution,
      maximumPageSize: 1,
    });
    const [payload] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    const text = (bytes?: Uint8Array | null) => Buffer.from(bytes ?? []).toString();
    const input = JSON.parse(text(payload?.data)) as { carried?: unknown };
    carried.push({ encoding: text(payload?.metadata?.encoding), input });
  }
  return { lengths, carried };
}

/** A migration in which one of the two long waits takes so many looks, and whose workflow that waits is looked at. */
async function waitsLong(name: 'replicate' | 'drain'): Promise<void> {
  const input = planInput();
  const world = new FakeWorld(input);
  const host = name === 'drain' ? 'old-1' : undefined;
  if (name === 'replicate') world.answers.replicate = ({ since }) => oneLess({ since });
  else world.answers.drain = (asked) => (asked.host === host ? oneLess(asked) : Promise.resolve(moved(0)));
  const looked = async () => {
    while (told(world.calls, name, host).length < POLLS) await new Promise((soon) => setTimeout(soon, 250));
  };
  await withMigration(lab, { world, input }, async ({ workflowId }, client) => {
    const newest = Object.assign(client.workflow.getHandle(workflowId), { firstExecutionRunId: '' });
    if (name === 'replicate') {
      await looked();
      // The gate looks once more whether new indices came.
      world.answers.replicate = async () => moved(0);
    }
    await approve(newest, 'big-switch');
    await approve(newest, 'drain:old-1');
    await looked();
    await approveAll(newest, ['drain:old-2', 'teardown']);
    await expect(newest.result()).resolves.toMatchObject({ outcome: 'migrated' });

    const chain = [undefined, ...Array.from({ length: POLLS - 1 }, (_, i) => POLLS - 1 - i)];
    expect(told(world.calls, name, host).slice(0, name === 'replicate' ? POLLS : undefined)).toEqual(chain);
    const { lengths, carried } = await runsOf(client, host === undefined ? workflowId : `${workflowId}-drain-${host}`);
    expect(lengths.length).toBeGreaterThanOrEqual(2);
    expect(Math.max(...lengths)).toBeLessThan(WARNED);
    // It was long, so it is the bound that kept it short.
    expect(Math.max(...lengths)).toBeGreaterThan(9_000);
    expect(new Set(carried.map(({ encoding }) => encoding))).toEqual(new Set(['json/plain']));
    expect(carried.filter((one) => one.input.carried !== undefined)).toHaveLength(lengths.length - 1);
  });
}

// Side by side: both wait for the server most of the time.
test('a hundred looks an hour for two days stay below what Temporal warns of, and no look is forgotten or repeated', async () => {
  await Promise.all([waitsLong('replicate'), waitsLong('drain')]);
}, 900_000);
