import type { ReportInput } from '../../src/contract/activities';
import type { Audit, Status } from '../../src/contract/messages';
import type { Sample } from '../../src/contract/progress';
import { bytesOf } from '../../src/workflows/state/bytes';
import { LARGEST_PAYLOAD, MOST } from '../../src/workflows/state/bounds';
import { FakeWorld, noSamplesYet } from './support/fake-world';
import { approve, devServer, openGate, startLab, until, withMigration, type Handle } from './support/lab';
import { currentDetails } from './support/looks';
import { planInput } from './support/plan';
import { inNewestRun } from './support/resets';

const lab = startLab(devServer(['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=60']));
afterAll(async () => (await lab).close());

const list = <T>(length: number, make: (i: number) => T) => Array.from({ length }, (_, i) => make(i));
const long = (length: number) => 'ü'.repeat(length / 2);
const AT = '2026-01-02T03:04:05.000Z';

/** A plan with as many apps as make samples large. */
const APPS = list(30, (i) => `app-${i}`);
function largePlan() {
  const plan = planInput();
  const [app] = plan.hosts.apps;
  if (!app) throw new Error('the plan has no app');
  const apps = APPS.map((name, i) => ({
    ...app,
    name,
    address: `198.18.1.${100 + i}`,
    check: `${app.check} # ${'x'.repeat(7_000)}`,
  }));
  return { ...plan, hosts: { ...plan.hosts, apps }, switch: { batch: 100, watchSeconds: 1 } };
}

/** Of a world in which everything that is told is as much as can be. */
function fill(world: FakeWorld): void {
  const apps = Object.fromEntries(
    APPS.map((name) => [name, { requests: 123_456, failed: 0, p50Ms: 1.25, p99Ms: 9.5 }]),
  );
  const start = Date.now();
  let calls = 0;
  world.answers.observe = async () => {
    const first = calls++ * 100;
    if (calls > 6) return noSamplesYet();
    return list(100, (i): Sample => {
      const figures = { oldShards: 1, newShards: 1, oldBytes: 1e9, newBytes: 1e9 };
      return {
        t: start + first + i,
        health: 'green',
        ...figures,
        initializing: 0,
        relocating: 0,
        unassigned: 0,
        apps,
      };
    });
  };
  world.answers.installBridgeHub = async () =>
    list(3_000, (i) => ({
      host: `new-${i}`,
      phase: 'bridge',
      step: `step-${i}`,
      summary: `done ${i}`,
      changed: true,
      at: AT,
    }));
  world.answers.preflightHost = async ({ host }) =>
    list(100, (i) => ({ name: `check-${i}`, subject: host, result: 'ok', seen: long(100), waivable: true }));
  world.answers.undoHost = async ({ host }) => ({ host, undone: list(60, (i) => `step-${i}`) });
  world.facts = list(80, (i) => ({ name: `fact ${i}`, ok: true, seen: long(2_000), figures: { [`count ${i}`]: i } }));
}

async function sayMuch(handle: Handle): Promise<void> {
  for (let i = 0; i < 120; i += 1) {
    await handle.signal('pause', { by: 'ann', reason: long(900) });
    await handle.signal('resume', { by: 'ann', reason: long(900) });
  }
  for (let i = 0; i < 30; i += 1) {
    await handle.signal('notTold', { id: `${i}`, event: 'e', receiver: 'r', reason: long(9_000) });
  }
  await handle.signal('notTold', { id: 'long', event: 'e', receiver: 'r', reason: long(300_000) });
}

test('a run that is full goes on in a new one, answers every query, and has its report', async () => {
  const input = largePlan();
  const world = new FakeWorld(input);
  fill(world);
  await withMigration(await lab, { world, input }, async (first, client) => {
    const handle = inNewestRun(client, first);
    await approve(handle, 'big-switch');
    await openGate(handle, 'drain:old-1');
    await sayMuch(handle);
    while (world.calls.filter(({ name }) => name === 'observe').length < 7) await wait(50);

    const status = await until(handle, () => true);
    expect(status.large?.bytes).toBeGreaterThan(LARGEST_PAYLOAD / 2);
    expect(status.large?.most).toBe(LARGEST_PAYLOAD);
    expect(await currentDetails(handle)).toContain('**Large:** the run carries');
    expect(bytesOf(await handle.query<Audit>('audit'))).toBeLessThanOrEqual(MOST.audit);
    const samples = await handle.query<Sample[]>('samples');
    expect(bytesOf(samples)).toBeLessThanOrEqual(MOST.samples);
    expect(samples.at(-1)?.t).toBeGreaterThan(samples[0]?.t ?? 0);
    expect(bytesOf(await handle.query('evidence'))).toBeLessThanOrEqual(MOST.evidence);
    await handle.query('plan');

    const runId = async () => (await client.workflow.getHandle(handle.workflowId).describe()).runId;
    const before = await runId();
    await handle.signal('reject', { gate: 'drain:old-1', token: status.gate?.token ?? '', by: 'ann', reason: 'no' });
    while ((await runId()) === before) await wait(100);
    await handle.signal('rollback', { by: 'ann', reason: 'no' });
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });

    const report = world.calls.find(({ name }) => name === 'writeReport')?.input as ReportInput;
    expect(bytesOf(report)).toBeLessThan(LARGEST_PAYLOAD);
    for (const key of ['samples', 'ledger', 'undone', 'audit', 'checks'] as const) {
      expect([key, bytesOf(report[key]) > MOST[key] / 3, bytesOf(report[key]) <= MOST[key]]).toEqual([key, true, true]);
    }
    expect(report.audit).toContainEqual(expect.objectContaining({ kind: 'approve', gate: 'big-switch' }));
    expect((await handle.query<Status>('status')).outcome).toBe('rolled-back');
  });
}, 300_000);

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
