import { LiveSource } from '../../src/view/source';
import { shardMap } from '../../src/view/shard-map';
import type { View } from '../../src/view/view';
import { approve, approveAll, devServer, startLab, withMigration } from '../workflows/support/lab';
import { LivingWorld, livingPlan } from './living-world';

const lab = startLab(devServer());
afterAll(async () => (await lab).close());

async function lookUntil(source: LiveSource, wanted: (view: View) => boolean): Promise<View> {
  const end = Date.now() + 30_000;
  for (;;) {
    const view = await source.look();
    if (wanted(view)) return view;
    if (Date.now() > end) throw new Error(`waited in vain; last: ${JSON.stringify({ ...view, samples: [] }, null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('the live picture of a running migration', () => {
  test('shows the shards on their way, the open gate, who approved, and how it ended', async () => {
    const world = new LivingWorld({ shards: 24, everyMs: 400 });
    await withMigration(await lab, { world, input: livingPlan() }, async (handle, client) => {
      const source = new LiveSource(client, handle.workflowId);
      // Who is master stands in the heartbeat of a watch that runs: a first look between two of them has not seen it.
      const seen = (view: View) => view.places !== undefined && view.progress !== undefined;
      const moving = await lookUntil(source, (view) => view.cluster.relocating > 0 && seen(view));
      expect(moving).toMatchObject({ name: 'shop', phase: 'replicate', outcome: 'running' });
      expect(moving.cluster).toMatchObject({ health: 'green', master: 'old-1' });
      expect(moving.places && shardMap(moving.places, moving.hosts).copies).toBe(48);
      expect(moving.hosts.find((host) => host.name === 'new-2')).toMatchObject({
        mark: 'good',
        state: 'in the cluster',
      });

      // The live sample is a moment behind the gate.
      const atRest = (view: View) => view.places !== undefined && shardMap(view.places, view.hosts).groups.old === 0;
      const waiting = await lookUntil(source, (view) => view.gate !== undefined && atRest(view));
      expect(waiting.gate).toMatchObject({ gate: 'big-switch', typed: true });
      expect(waiting.places && shardMap(waiting.places, waiting.hosts).groups).toEqual({
        old: 0,
        both: 24,
        new: 0,
        none: 0,
      });
      expect(waiting.apps.map((app) => app.name)).toEqual(['app-1', 'app-2']);
      expect(waiting.bridge.bytes).toBeGreaterThan(0);

      await approve(handle, 'big-switch');
      const next = await lookUntil(source, (view) => view.gate?.gate === 'drain:old-1');
      expect(next.gate?.typed).toBe(false);
      expect(next.hosts.filter((host) => host.role === 'app').map((host) => host.state)).toEqual([
        'on the fronts',
        'on the fronts',
      ]);
      await approveAll(handle, ['drain:old-1', 'drain:old-2', 'drain:old-3', 'teardown']);
      const over = await lookUntil(source, (view) => view.outcome === 'migrated');
      expect(over.hosts.filter((host) => host.role === 'old').map((host) => host.mark)).toEqual(['off', 'off', 'off']);
      expect(over.phases.map((phase) => phase.state)).toEqual(Array(10).fill('done'));
      expect(over.audit.filter((entry) => entry.kind === 'approve')).toHaveLength(5);
    });
  }, 90_000);

  test('keeps the places out of the history', async () => {
    const world = new LivingWorld({ shards: 24 });
    await withMigration(await lab, { world, input: livingPlan() }, async (handle, client) => {
      await lookUntil(new LiveSource(client, handle.workflowId), (view) => view.gate !== undefined);
      await handle.signal('rollback', { by: 'ann', reason: 'enough seen' });
      await handle.result();
      const history = JSON.stringify(await handle.fetchHistory());
      // Payloads are bytes there; a place has a form of its own.
      const text = [...history.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) =>
        Buffer.from(data, 'base64').toString(),
      );
      expect(text.some((payload) => payload.includes('"oldShards"'))).toBe(true);
      expect(text.filter((payload) => payload.includes('"members"'))).toEqual([]);
    });
  }, 60_000);

  test('of a migration that is not there says so', async () => {
    const { client } = (await lab).env;
    await expect(new LiveSource(client, 'bigswitch-nobody').look()).rejects.toThrow('not found');
  });

  test('of a run that was terminated says that it was stopped', async () => {
    const world = new LivingWorld({ shards: 6 });
    await withMigration(await lab, { world, input: livingPlan() }, async (handle, client) => {
      const source = new LiveSource(client, handle.workflowId);
      await lookUntil(source, (view) => view.gate !== undefined);
      await handle.terminate('a test');
      expect(await source.look()).toMatchObject({ outcome: 'stopped' });
    });
  }, 60_000);
});
