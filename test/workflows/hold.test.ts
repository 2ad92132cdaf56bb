import type { Activities } from '../../src/contract/activities';
import type { Audit } from '../../src/contract/messages';
import { FakeWorld, lasting, moved } from './support/fake-world';
import { approve, approveAll, openGate, devServer, until, withMigration, type Handle, startLab } from './support/lab';
import { currentDetails } from './support/looks';
import { planInput } from './support/plan';

// Tests run side by side, and such tests don't wait for beforeAll.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

/** Does something once, while the world answers its first call of this activity. */
function during(world: FakeWorld, name: keyof Activities, act: () => Promise<unknown>): Promise<void> {
  const usual = (world.standard() as unknown as Record<string, (input: unknown) => Promise<unknown>>)[name];
  return new Promise((resolve) => {
    let done: Promise<unknown> | undefined;
    const answer = async (input: unknown) => {
      done ??= act();
      await done;
      resolve();
      return usual?.(input);
    };
    Object.assign(world.answers, { [name]: answer });
  });
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 300));

// One activity of each phase, and what must not come before resume.
test.concurrent.each<[string, keyof Activities, string[]]>([
  ['preflight', 'preflightCluster', []],
  ['bridge', 'installBridgeHub', []],
  ['redirect', 'proveRedirects', []],
  ['join', 'prepareClusterForJoin', []],
  ['replicate', 'prepareIndices', []],
  ['front', 'proveFronts', []],
  ['switch', 'watchApps', ['big-switch']],
  ['drain', 'excludeNode', ['big-switch', 'drain:old-1']],
  ['teardown', 'restoreCluster', ['big-switch', 'drain:old-1', 'drain:old-2', 'teardown']],
])('pause in %s: what is under way ends, nothing new is changed before resume', async (_phase, name, gates) => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    const paused = during(world, name, async () => {
      await handle.signal('pause', { by: 'bob', reason: 'lunch' });
      await until(handle, (status) => status.paused);
      // The child workflow hears of it a moment later.
      if (name === 'excludeNode') await soon();
    });
    for (const gate of gates) await approve(handle, gate);
    await paused;
    const before = world.changes();
    await soon();
    if (name === 'proveFronts') await approve(handle, 'big-switch');
    await soon();
    expect(world.changes()).toEqual(before);
    await handle.signal('resume', { by: 'bob' });
    const rest = ['big-switch', 'drain:old-1', 'drain:old-2', 'teardown'].slice(gates.length);
    await approveAll(handle, name === 'proveFronts' ? rest.slice(1) : rest);
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'migrated' });
  });
});

test.concurrent('each person has a hold of their own, and resume ends that one only', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    const token = await openGate(handle, 'big-switch');
    await handle.signal('resume', { by: 'bob' });
    await handle.signal('pause', { by: 'ann' });
    await handle.signal('pause', { by: 'Bob', reason: 'maintenance until 6' });
    await handle.signal('pause', { by: 'bob' });
    await handle.signal('approve', { gate: 'big-switch', token, by: 'carl' });
    await handle.signal('resume', { by: 'ann' });
    await handle.signal('resume', { by: 'carl' });
    const status = await until(handle, (seen) => seen.paused);
    expect(status.heldBy).toMatchObject([{ by: 'Bob', reason: 'maintenance until 6' }]);
    expect(await currentDetails(handle)).toContain('**Paused** by Bob: maintenance until 6');
    await soon();
    expect(world.said(/switchApp/)).toEqual([]);
    await handle.signal('resume', { by: 'carl', all: true });
    await openGate(handle, 'drain:old-1');
    const answers = (await handle.query<Audit>('audit')).filter(({ kind }) => /pause|resume/.test(kind));
    const how = "each ends their own hold, and `resume` with `all` (`bigswitch resume --all`) ends everybody's";
    expect(answers.map(({ by, accepted, reason }) => [by, accepted, reason])).toEqual([
      ['bob', false, 'it is neither paused nor blocked'],
      ['ann', true, undefined],
      ['Bob', true, undefined],
      ['bob', false, 'it is paused already, by Bob'],
      ['ann', true, `it is held still, by Bob (maintenance until 6); ${how}`],
      ['carl', false, `carl does not hold it, but Bob (maintenance until 6); ${how}`],
      ['carl', true, 'the holds of Bob (maintenance until 6) have ended'],
    ]);
  });
});

test.concurrent('a rejection takes nobody off the list of those who hold the run', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    const token = await openGate(handle, 'big-switch');
    await handle.signal('pause', { by: 'ann', reason: 'backup' });
    await handle.signal('reject', { gate: 'big-switch', token, by: 'bob', reason: 'not today' });
    const { heldBy } = await until(handle, (seen) => seen.heldBy?.length === 2);
    expect(heldBy).toMatchObject([
      { by: 'ann', reason: 'backup' },
      { by: 'bob', reason: 'gate big-switch was rejected: not today' },
    ]);
    await handle.signal('resume', { by: 'bob' });
    await until(handle, (seen) => seen.heldBy?.length === 1);
    await handle.signal('resume', { by: 'ann' });
    await openGate(handle, 'big-switch');
  });
});

describe('throttle', () => {
  test.concurrent('reaches the cluster while shards move, and even while the run is paused', async () => {
    const input = planInput();
    const world = new FakeWorld(input);
    await withMigration(await lab, { world, input }, async (handle) => {
      let throttled: (() => void) | undefined;
      const heard = new Promise<void>((resolve) => (throttled = resolve));
      world.answers.setThrottle = async () => {
        throttled?.();
        return [];
      };
      world.answers.replicate = async () => {
        await handle.signal('pause', { by: 'bob' });
        await handle.signal('throttle', { maxMBps: 12.5 });
        await heard;
        return moved(0);
      };
      await heard;
      expect(world.calls.filter((call) => call.name === 'setThrottle').map((call) => call.input)).toEqual([
        { maxMBps: 12.5 },
      ]);
    });
  });

  test.concurrent('asked before shards may move, it is kept until then', async () => {
    const input = planInput();
    const world = new FakeWorld(input);
    await withMigration(await lab, { world, input }, async (handle) => {
      await during(world, 'installBridgeHub', () => handle.signal('throttle', { maxMBps: 5 }));
      await openGate(handle, 'big-switch');
      const lines = world.said(/setThrottle|proveJoin|prepareIndices/);
      expect(lines.filter((line) => line === 'setThrottle')).toHaveLength(1);
      expect(lines.indexOf('setThrottle')).toBeGreaterThan(lines.indexOf('proveJoin'));
    });
  });
});

describe('a failure that lasts', () => {
  test.concurrent('blocks the run with one sentence; resume tries the phase again', async () => {
    const input = planInput();
    const world = new FakeWorld(input);
    world.answers.installRedirect = async ({ host }) => {
      throw lasting(`iptables is missing on ${host}; install it`);
    };
    await withMigration(await lab, { world, input }, async (handle) => {
      const status = await until(handle, (seen) => seen.blocked !== undefined);
      expect(status.blocked).toContain('redirect: ');
      expect(status.blocked).toContain('old-2: iptables is missing on old-2; install it');
      expect(status.outcome).toBe('running');
      delete world.answers.installRedirect;
      await handle.signal('resume', { by: 'ann' });
      await openGate(handle, 'big-switch');
      expect((await until(handle, () => true)).blocked).toBeUndefined();
      expect(world.said(/installBridgeHub/)).toHaveLength(1);
    });
  });

  test.concurrent('while a node is drained blocks the run too; the drain goes on without asking again', async () => {
    const input = planInput();
    const world = new FakeWorld(input);
    world.answers.proveDrained = async () => {
      throw lasting('the cluster is yellow');
    };
    await withMigration(await lab, { world, input }, async (handle: Handle) => {
      await approveAll(handle, ['big-switch', 'drain:old-1']);
      const status = await until(handle, (seen) => seen.blocked !== undefined);
      expect(status.blocked).toBe('drain: the cluster is yellow');
      expect(status.draining).toBe('old-1');
      delete world.answers.proveDrained;
      await handle.signal('resume', { by: 'ann' });
      await approveAll(handle, ['drain:old-2', 'teardown']);
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'migrated' });
    });
  });

  test.concurrent('of the watch fails nothing', async () => {
    const input = planInput();
    const world = new FakeWorld(input);
    world.answers.observe = async () => {
      throw lasting('no node answers');
    };
    await withMigration(await lab, { world, input }, async (handle) => {
      await approveAll(handle);
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'migrated' });
    });
  });
});
