import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import execa from 'execa';
import { ensureTemporal } from '../../lab/setup/go';
import { FakeWorld, lasting, moved } from '../workflows/support/fake-world';
import {
  approve,
  approveAll,
  devServer,
  openGate,
  startLab,
  until,
  withMigration,
  type Handle,
  type Lab,
} from '../workflows/support/lab';
import { planInput } from '../workflows/support/plan';

const ROOT = join(__dirname, '..', '..');

/** Histories that a new version of the workflows must still be able to replay, one for each way through the story. */
const WAYS: Record<string, (handle: Handle, world: FakeWorld) => Promise<void>> = {
  migrated: async (handle, world) => {
    const left = [66, 33, 0];
    world.answers.replicate = async () => moved(left.shift() ?? 0);
    await approveAll(handle);
    await handle.result();
  },
  'held-up': async (handle, world) => {
    world.answers.proveFronts = async () => {
      throw lasting('app-1 gets no answer from new-2');
    };
    await until(handle, (status) => status.blocked !== undefined);
    delete world.answers.proveFronts;
    await handle.signal('approve', 'junk');
    await handle.signal('throttle', { maxMBps: 20, by: 'ann' });
    await handle.signal('resume', { by: 'ann' });
    const token = await openGate(handle, 'big-switch');
    await handle.signal('reject', { gate: 'big-switch', token, by: 'bob', reason: 'not now' });
    await until(handle, (status) => status.paused);
    await handle.signal('resume', { by: 'bob' });
    await approve(handle, 'big-switch');
    await openGate(handle, 'drain:old-1');
  },
  'rolled-back': async (handle) => {
    await approve(handle, 'big-switch');
    await openGate(handle, 'drain:old-1');
    await handle.signal('rollback', { by: 'ann', reason: 'the new hosts are slow' });
    await handle.result();
  },
  cancelled: async (handle) => {
    await openGate(handle, 'big-switch');
    await handle.cancel();
    await handle.result().catch(() => undefined);
  },
  refused: async (handle, world) => {
    world.answers.preflightHost = async ({ host }) => [
      { name: 'ssh', subject: host, result: 'failed', seen: 'no answer', waivable: false },
    ];
    await handle.result().catch(() => undefined);
  },
};

async function record(lab: Lab, way: string): Promise<void> {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(lab, { world, input, workflowId: `bigswitch-${way}` }, async (handle) => {
    await WAYS[way]?.(handle, world);
    await save(lab, handle.workflowId, way);
    if (way === 'migrated') await save(lab, `${handle.workflowId}-drain-old-1`, 'drain-node');
  });
}

async function save(lab: Lab, workflowId: string, name: string): Promise<void> {
  const args = ['workflow', 'show', '--address', lab.env.address, '--workflow-id', workflowId, '--output', 'json'];
  const { stdout } = await execa(await ensureTemporal(), args);
  // Where and by whom it was recorded is nobody's business.
  const cleaned = stdout.replaceAll(`${ROOT}/`, '').replaceAll(/\b\d+@[\w.-]+/g, 'worker');
  const history = JSON.parse(cleaned) as { events: unknown[] };
  const folder = join(__dirname, 'histories');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(history)}\n`);
  console.log(`${name}.json: ${history.events.length} events`);
}

/** `npx tsx test/replay/record.ts`: records all histories anew, after a change that old runs can't replay on purpose. */
async function main(): Promise<void> {
  const lab = await startLab(devServer());
  try {
    for (const way of Object.keys(WAYS)) await record(lab, way);
  } finally {
    await lab.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
