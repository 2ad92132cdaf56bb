import type { Audit } from '../../../src/contract/messages';
import { atRest } from '../support/at-rest';
import { FakeWorld, moved } from '../support/fake-world';
import { approve, devServer, openGate, startLab, until, withMigration, type Handle } from '../support/lab';
import { planInput } from '../support/plan';

const lab = startLab(devServer());
afterAll(async () => (await lab).close());

describe('between the word and the first change of a drain', () => {
  /** Does something once, when it is asked who stays: after the gate, before anything is done. */
  const afterTheGate = (world: FakeWorld, act: () => Promise<unknown>) => {
    let done: Promise<unknown> | undefined;
    world.answers.drainOrder = async (...input) => {
      if (world.said(/^gatherEvidence drain:old-1/).length >= 2) await (done ??= act());
      return world.standard().drainOrder(...input);
    };
  };
  /** Approves the big switch as often as it opens: on a busy machine a word may become too old there too. */
  const drainGate = async (handle: Handle): Promise<string> => {
    for (let last: string | undefined; ;) {
      const { gate } = await until(handle, (status) => status.gate !== undefined && status.gate.token !== last);
      last = gate?.token;
      if (gate?.gate === 'drain:old-1') return gate.token;
      await handle.signal('approve', { gate: 'big-switch', token: last, by: 'ann' });
    }
  };
  const passed = async (handle: Handle) =>
    (await handle.query<Audit>('audit')).flatMap(({ kind, gate }) => (kind === 'gate-passed' ? [gate] : []));

  test.concurrent(
    'a word that becomes too old counts for nothing: the gate opens anew, and nothing is blocked',
    async () => {
      const input = planInput({ gates: { approvalMinutes: 0.1 } });
      const world = new FakeWorld(input);
      afterTheGate(world, () => new Promise((resolve) => setTimeout(resolve, 8_000)));
      await withMigration(await lab, { world, input }, async (handle) => {
        const first = await drainGate(handle);
        await handle.signal('approve', { gate: 'drain:old-1', token: first, by: 'ann' });
        const again = await until(handle, ({ gate }) => gate !== undefined && gate.token !== first);
        expect(again.gate?.evidence.reopened).toMatch(
          /^the approval of ann is older than 0.1 min, and nothing of it was done/,
        );
        expect(again.blocked).toBeUndefined();
        expect(world.said(/^excludeNode/)).toEqual([]);
        expect(await passed(handle)).not.toContain('drain:old-1');
      });
    },
  );

  test.concurrent('a pause makes it prove once more before it acts', async () => {
    const world = new FakeWorld(planInput());
    await withMigration(await lab, { world, input: planInput() }, async (handle) => {
      afterTheGate(world, async () => {
        await handle.signal('pause', { by: 'bob' });
        await until(handle, ({ paused }) => paused);
      });
      for (const gate of ['big-switch', 'drain:old-1']) await approve(handle, gate);
      await until(handle, ({ paused }) => paused);
      // Held, and not on its way there: a pause that has ended by then is none.
      await atRest(handle, world);
      world.facts = [{ name: 'no client is connected', ok: false, seen: '3 clients' }];
      await handle.signal('resume', { by: 'bob' });
      const { gate } = await until(handle, (status) => status.gate !== undefined);
      expect(gate).toMatchObject({ gate: 'drain:old-1', evidence: { holds: false } });
      expect(world.said(/^excludeNode/)).toEqual([]);
    });
  });

  test.concurrent('so does a pause that has ended before anything could be done', async () => {
    const world = new FakeWorld(planInput());
    await withMigration(await lab, { world, input: planInput() }, async (handle) => {
      afterTheGate(world, async () => {
        await handle.signal('pause', { by: 'bob' });
        await until(handle, ({ paused }) => paused);
        world.facts = [{ name: 'no client is connected', ok: false, seen: '3 clients' }];
        await handle.signal('resume', { by: 'bob' });
        await until(handle, ({ paused }) => !paused);
      });
      for (const gate of ['big-switch', 'drain:old-1']) await approve(handle, gate);
      const { gate } = await until(handle, (status) => status.gate?.evidence.holds === false);
      expect(gate?.gate).toBe('drain:old-1');
      expect(world.said(/^excludeNode/)).toEqual([]);
      expect(await passed(handle)).not.toContain('drain:old-1');
    });
  });

  test.concurrent('and one that came and went while the evidence was proved after the word', async () => {
    const world = new FakeWorld(planInput());
    await withMigration(await lab, { world, input: planInput() }, async (handle) => {
      let proofs = 0;
      world.answers.gatherEvidence = async (...input) => {
        const evidence = await world.standard().gatherEvidence(...input);
        if (input[0].gate === 'drain:old-1' && (proofs += 1) === 2) {
          await handle.signal('pause', { by: 'bob' });
          await handle.signal('resume', { by: 'bob' });
          await until(handle, ({ paused }) => !paused);
        }
        return evidence;
      };
      for (const gate of ['big-switch', 'drain:old-1']) await approve(handle, gate);
      await openGate(handle, 'drain:old-2');
      expect(proofs).toBe(3);
    });
  });

  test.concurrent('it is asked who stays: a node that went while people thought is not counted', async () => {
    const world = new FakeWorld(planInput());
    await withMigration(await lab, { world, input: planInput() }, async (handle) => {
      await approve(handle, 'big-switch');
      await openGate(handle, 'drain:old-1');
      world.stopped.push('old-2');
      await approve(handle, 'drain:old-1');
      await openGate(handle, 'teardown');
      const expected = world.calls.filter(({ name }) => name === 'setExpectedNodes').map(({ input }) => input);
      // They are written side by side, in no order.
      expect(expected).toHaveLength(2);
      expect(expected).toEqual(expect.arrayContaining(['new-1', 'new-2'].map((host) => ({ host, expected: 2 }))));
    });
  });
});

test.concurrent('a drain is passed as soon as its first change is recorded, and told only then', async () => {
  const world = new FakeWorld(planInput());
  const gates = async (handle: Handle) =>
    (await handle.query<Audit>('audit')).flatMap(({ kind, gate }) => (kind === 'gate-passed' ? [gate] : []));
  await withMigration(await lab, { world, input: planInput() }, async (handle) => {
    let release: () => void = () => undefined;
    world.answers.excludeNode = async (input) => {
      await new Promise<void>((resolve) => (release = resolve));
      return world.standard().excludeNode(input);
    };
    world.answers.drain = () => new Promise((resolve) => setTimeout(() => resolve(moved(1)), 500));
    for (const gate of ['big-switch', 'drain:old-1']) await approve(handle, gate);
    while (world.said(/^excludeNode/).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await gates(handle)).toEqual(['big-switch']);
    release();
    while ((await gates(handle)).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    world.answers.drain = async () => moved(0);
    await openGate(handle, 'drain:old-2');
  });
});
