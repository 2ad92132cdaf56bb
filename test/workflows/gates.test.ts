import type { Audit } from '../../src/contract/messages';
import type { PlanInput } from '../../src/plan/schema';
import { FakeWorld, lasting, moved } from './support/fake-world';
import { approve, openGate, until, withMigration, type Handle, type Lab } from './support/lab';
import { planInput } from './support/plan';
import { startSkippingLab } from './support/skipping';

let lab: Lab;

beforeAll(async () => {
  lab = await startSkippingLab();
}, 180_000);
afterAll(() => lab?.close());

const GREEN = { name: 'green', ok: true, seen: 'all shards are started' };
const YELLOW = { name: 'green', ok: false, seen: '1 replica is missing' };

function atGate(run: (handle: Handle, world: FakeWorld) => Promise<void>, change: Partial<PlanInput> = {}) {
  const input = planInput(change);
  const world = new FakeWorld(input);
  return withMigration(lab, { world, input }, (handle) => run(handle, world));
}

/** The reason of the newest refusal. */
async function refusal(handle: Handle): Promise<string | undefined> {
  const audit = await handle.query<Audit>('audit');
  return audit.filter((entry) => !entry.accepted).at(-1)?.reason;
}

test('nothing is switched without a word, however long it takes', async () => {
  await atGate(async (handle, world) => {
    await openGate(handle, 'big-switch');
    await lab.env.sleep('3 days');
    await openGate(handle, 'big-switch');
    expect(world.said(/switchApp/)).toEqual([]);
  });
});

test('a gate shows its evidence and the exact command', async () => {
  await atGate(async (handle) => {
    const token = await openGate(handle, 'big-switch');
    const { gate, doing } = await handle.query<{ gate: Record<string, unknown>; doing: string }>('status');
    expect(token).toMatch(/^[0-9a-f]{8}$/);
    expect(gate).toMatchObject({ approvals: [], approvalsNeeded: 1, evidence: { holds: true, facts: [GREEN] } });
    expect(gate.command).toBe(
      `temporal workflow signal --workflow-id ${handle.workflowId} --name approve ` +
        `--input '{"gate":"big-switch","token":"${token}","by":"you"}'`,
    );
    expect(doing).toContain('waits for approval');
    await expect(handle.query('evidence')).resolves.toMatchObject({ gate: 'big-switch', holds: true });
  });
});

test.each([
  ['a wrong token', { gate: 'big-switch', token: 'deadbeef', by: 'ann' }, /not the token/],
  ['no token', { gate: 'big-switch', by: 'ann' }, /malformed: token/],
  ['an empty token', { gate: 'big-switch', token: ' ', by: 'ann' }, /malformed: token/],
  ['nobody', { gate: 'big-switch', token: 'deadbeef', by: '' }, /malformed: by/],
  ['another gate', { gate: 'teardown', token: 'deadbeef', by: 'ann' }, /teardown is not open; big-switch is/],
])('an approval with %s changes nothing and is kept as refused', async (_what, message, reason) => {
  await atGate(async (handle, world) => {
    await openGate(handle, 'big-switch');
    await handle.signal('approve', message);
    await until(handle, () => true);
    expect(await refusal(handle)).toMatch(reason);
    await lab.env.sleep('1 hour');
    expect(world.said(/switchApp/)).toEqual([]);
  });
});

test('the token of an earlier gate opens no later one', async () => {
  await atGate(async (handle, world) => {
    const token = await openGate(handle, 'big-switch');
    await handle.signal('approve', { gate: 'big-switch', token, by: 'ann' });
    await openGate(handle, 'drain:old-1');
    await handle.signal('approve', { gate: 'big-switch', token, by: 'ann' });
    expect(await refusal(handle)).toMatch(/big-switch is not open; drain:old-1 is/);
    await handle.signal('approve', { gate: 'drain:old-1', token, by: 'ann' });
    expect(await refusal(handle)).toMatch(/not the token/);
    expect(world.said(/excludeNode/)).toEqual([]);
  });
});

test('an approval that came before the gate was open counts for nothing', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  let early: Promise<void> | undefined;
  await withMigration(lab, { world, input }, async (handle) => {
    world.answers.proveFronts = async () => {
      early ??= handle.signal('approve', { gate: 'big-switch', token: 'deadbeef', by: 'ann' });
      await early;
      return { proven: 'every front answers', facts: {} };
    };
    await openGate(handle, 'big-switch');
    expect(await refusal(handle)).toBe('no gate is open');
    expect(world.said(/switchApp/)).toEqual([]);
  });
});

test('evidence that does not hold keeps the gate shut; it is taken again, with a new token when it changes', async () => {
  await atGate(async (handle, world) => {
    world.facts = [YELLOW];
    const shut = await openGate(handle, 'big-switch');
    await handle.signal('approve', { gate: 'big-switch', token: shut, by: 'ann' });
    expect(await refusal(handle)).toBe('the evidence does not hold: green (1 replica is missing)');

    world.facts = [{ ...YELLOW, seen: '2 replicas are missing' }];
    await lab.env.sleep('61 s');
    const { gate } = await until(handle, (seen) => seen.gate?.evidence.facts[0]?.seen === '2 replicas are missing');
    expect(gate?.token).toBe(shut);

    world.facts = [GREEN];
    await lab.env.sleep('61 s');
    const fresh = (await until(handle, (seen) => seen.gate?.evidence.holds === true)).gate?.token;
    expect(fresh).not.toBe(shut);
    await handle.signal('approve', { gate: 'big-switch', token: shut, by: 'ann' });
    expect(await refusal(handle)).toMatch(/^an old token/);
    await handle.signal('approve', { gate: 'big-switch', token: fresh ?? '', by: 'ann' });
    await openGate(handle, 'drain:old-1');
  });
});

test('shards that appeared while people thought are replicated before the evidence is taken again', async () => {
  await atGate(async (handle, world) => {
    world.facts = [YELLOW];
    await openGate(handle, 'big-switch');
    world.answers.replicate = async () => {
      world.facts = [GREEN];
      return moved(0);
    };
    await lab.env.sleep('61 s');
    await until(handle, (seen) => seen.gate?.evidence.holds === true);
  });
});

test('evidence is proved again after the approval: if it no longer holds, the gate opens anew', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  let asked = 0;
  world.answers.gatherEvidence = async ({ gate }) => {
    const fact = ++asked === 2 ? YELLOW : GREEN;
    return { gate, takenAt: new Date().toISOString(), holds: fact.ok, facts: [fact] };
  };
  await withMigration(lab, { world, input }, async (handle) => {
    const first = await openGate(handle, 'big-switch');
    await handle.signal('approve', { gate: 'big-switch', token: first, by: 'ann' });
    const status = await until(handle, (seen) => seen.gate !== undefined && seen.gate.token !== first);
    expect(status.gate?.approvals).toEqual([]);
    expect(world.said(/switchApp/)).toEqual([]);
    await lab.env.sleep('61 s');
    await until(handle, (seen) => seen.gate?.evidence.holds === true);
    await approve(handle, 'big-switch');
    await openGate(handle, 'drain:old-1');
  });
});

test('what says that it holds without a fact, or with one that is not so, does not hold', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  world.answers.gatherEvidence = async ({ gate }) => ({ gate, takenAt: 'now', holds: true, facts: [] });
  await withMigration(lab, { world, input }, async (handle) => {
    await openGate(handle, 'big-switch');
    expect((await until(handle, () => true)).gate?.evidence.holds).toBe(false);
    world.answers.gatherEvidence = async ({ gate }) => ({ gate, takenAt: 'now', holds: true, facts: [GREEN, YELLOW] });
    await lab.env.sleep('61 s');
    const status = await until(handle, (seen) => seen.gate?.evidence.facts.length === 2);
    expect(status.gate?.evidence.holds).toBe(false);
  });
});

test('evidence that can not be gathered is evidence that does not hold', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  world.answers.gatherEvidence = async () => {
    throw lasting('no node answers');
  };
  await withMigration(lab, { world, input }, async (handle) => {
    await openGate(handle, 'big-switch');
    const { gate } = await until(handle, () => true);
    expect(gate?.evidence).toMatchObject({ holds: false, facts: [{ ok: false, seen: 'no node answers' }] });
  });
});

test('an approval expires when its action has not begun in time', async () => {
  await atGate(async (handle, world) => {
    const token = await openGate(handle, 'big-switch');
    await handle.signal('pause', { by: 'bob' });
    await handle.signal('approve', { gate: 'big-switch', token, by: 'ann' });
    await until(handle, (seen) => seen.doing.includes('is approved; the run is paused'));
    await lab.env.sleep('31 min');
    await handle.signal('resume', { by: 'bob' });
    const status = await until(handle, (seen) => seen.gate !== undefined && seen.gate.token !== token);
    expect(status.gate?.approvals).toEqual([]);
    expect(world.said(/switchApp/)).toEqual([]);
    const audit = await handle.query<Audit>('audit');
    expect(audit.filter((entry) => entry.kind === 'expired')).toMatchObject([{ gate: 'big-switch', by: 'ann' }]);
    await handle.signal('approve', { gate: 'big-switch', token, by: 'ann' });
    expect(await refusal(handle)).toMatch(/^an old token/);
  });
});

describe('two approvers', () => {
  const gates = { twoApprovers: ['big-switch' as const], approvalMinutes: 30 };

  test('must be two different people', async () => {
    await atGate(
      async (handle, world) => {
        const token = await openGate(handle, 'big-switch');
        await handle.signal('approve', { gate: 'big-switch', token, by: 'Ann' });
        await handle.signal('approve', { gate: 'big-switch', token, by: ' ann ' });
        expect(await refusal(handle)).toBe('ann has approved already');
        const status = await until(handle, (seen) => seen.gate?.approvals.length === 1);
        expect(status.gate?.approvalsNeeded).toBe(2);
        expect(world.said(/switchApp/)).toEqual([]);
        await handle.signal('approve', { gate: 'big-switch', token, by: 'bob' });
        // The plan asks for two on the big switch only.
        await approve(handle, 'drain:old-1');
        await openGate(handle, 'drain:old-2');
      },
      { gates },
    );
  });

  test('the first approval does not wait for the second for ever', async () => {
    await atGate(
      async (handle, world) => {
        const token = await openGate(handle, 'big-switch');
        await handle.signal('approve', { gate: 'big-switch', token, by: 'ann' });
        await until(handle, (seen) => seen.gate?.approvals.length === 1);
        await lab.env.sleep('31 min');
        const again = await until(handle, (seen) => seen.gate !== undefined && seen.gate.token !== token);
        await handle.signal('approve', { gate: 'big-switch', token: again.gate?.token ?? '', by: 'bob' });
        await until(handle, (seen) => seen.gate?.approvals.length === 1);
        expect(world.said(/switchApp/)).toEqual([]);
      },
      { gates },
    );
  });
});

test('a rejection holds the run; resume opens the gate again with a new token', async () => {
  await atGate(async (handle, world) => {
    const token = await openGate(handle, 'big-switch');
    await handle.signal('reject', { gate: 'big-switch', token, by: 'bob', reason: 'not before the weekend' });
    const status = await until(handle, (seen) => seen.paused);
    expect(status.gate).toBeUndefined();
    expect(status.doing).toContain('rejected by bob: not before the weekend');
    await handle.signal('approve', { gate: 'big-switch', token, by: 'ann' });
    expect(await refusal(handle)).toMatch(/rejected by bob/);
    await handle.signal('resume', { by: 'bob' });
    const again = await openGate(handle, 'big-switch');
    expect(again).not.toBe(token);
    expect(world.said(/switchApp/)).toEqual([]);
    await handle.signal('approve', { gate: 'big-switch', token: again, by: 'ann' });
    await openGate(handle, 'drain:old-1');
  });
});
