import { activityInfo } from '@temporalio/activity';
import type { Audit } from '../../src/contract/messages';
import { FakeWorld, lasting, moved } from './support/fake-world';
import { approve, devServer, openGate, startLab, until, withMigration, type Handle } from './support/lab';
import { planInput } from './support/plan';

const lab = startLab(devServer());
afterAll(async () => (await lab).close());

const GREEN = { name: 'green', ok: true, seen: 'all shards are started' };

async function atGate(run: (handle: Handle, world: FakeWorld) => Promise<void>) {
  const input = planInput();
  const world = new FakeWorld(input);
  return withMigration(await lab, { world, input }, (handle) => run(handle, world));
}

test('an index that was made since has a copy on the new side before the gate of a drain is looked at', async () => {
  await atGate(async (handle, world) => {
    await openGate(handle, 'big-switch');
    world.facts = [GREEN];
    let bare = true;
    world.answers.gatherEvidence = async ({ gate }) => {
      const fact = { name: 'a copy on the new side', ok: !gate.startsWith('drain:') || !bare, seen: 'logs-1/0' };
      const run = activityInfo().workflowExecution?.runId;
      return { gate, takenAt: new Date().toISOString(), run, holds: fact.ok, facts: [fact] };
    };
    world.answers.replicate = async ({ tend }) => {
      if (tend === 'new') bare = false;
      return moved(0);
    };
    await approve(handle, 'big-switch');
    await openGate(handle, 'drain:old-1');
    expect((await until(handle, () => true)).gate?.evidence.holds).toBe(true);
    // Made while people think, and after they have said so: each look is tended before.
    bare = true;
    await approve(handle, 'drain:old-1');
    await openGate(handle, 'drain:old-2');
    const audit = await handle.query<Audit>('audit');
    expect(audit.filter(({ kind, gate }) => kind === 'gate-opened' && gate === 'drain:old-1')).toHaveLength(1);
  });
});

test('that a gate can not be tended is told by its evidence, and blocks nothing', async () => {
  await atGate(async (handle, world) => {
    await openGate(handle, 'big-switch');
    world.answers.replicate = async () => {
      throw lasting('the cluster refused');
    };
    await approve(handle, 'big-switch');
    await approve(handle, 'drain:old-1');
    await openGate(handle, 'drain:old-2');
    expect((await until(handle, () => true)).blocked).toBeUndefined();
  });
});
