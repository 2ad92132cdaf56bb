import type { Activities, ReportInput } from '../../../src/contract/activities';
import { RunningMigration } from '../../../src/client';
import type { Audit } from '../../../src/contract/messages';
import { FakeWorld, lasting, moved } from '../support/fake-world';
import { approve, openGate, devServer, until, withMigration, startLab } from '../support/lab';
import { planInput } from '../support/plan';

// Tests run side by side, and such tests don't wait for beforeAll.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

/** Rolls back while the world answers this activity, and waits for the end. */
async function rolledBackDuring(name: keyof Activities, gates: string[]): Promise<FakeWorld> {
  const input = planInput();
  const world = new FakeWorld(input);
  const usual = (world.standard() as unknown as Record<string, (input: unknown) => Promise<unknown>>)[name];
  await withMigration(await lab, { world, input }, async (handle) => {
    let sent: Promise<void> | undefined;
    const answer = async (asked: unknown) => {
      const first = !sent;
      sent ??= handle.signal('rollback', { by: 'bob', reason: 'not today' });
      await sent;
      // What is under way ends by itself, a moment after the run was turned round.
      if (first) await until(handle, () => true);
      return usual?.(asked);
    };
    world.answers[name] = answer as never;
    for (const gate of gates) await approve(handle, gate);
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back', reason: 'not today' });
    const report = world.calls.find((call) => call.name === 'writeReport')?.input as ReportInput;
    expect(report).toMatchObject({ outcome: 'rolled-back', reason: 'not today' });
    expect(world.said(/writeReport/)).toHaveLength(1);
  });
  return world;
}

/** What was undone, without hosts: each line once, in order. */
function stages(world: FakeWorld): string[] {
  const lines = world.said(/^(undoHost|moveQuorum old|excludeNodes|drain new|restoreCluster|forgetHost)/);
  const names = lines.map((line) => {
    const [name = '', host = '', ...phases] = line.split(' ');
    const side = host.replace(/-\d$/, '');
    return ['restoreCluster', 'moveQuorum'].includes(name) ? line : [name, side, ...phases].join(' ').trim();
  });
  return [...new Set(names)];
}

const NETWORK = [
  'undoHost old redirect',
  'undoHost new redirect',
  'undoHost old bridge',
  'undoHost new bridge',
  'undoHost hub',
  'undoHost old',
  'undoHost new',
  'undoHost app',
  'forgetHost hub',
  'forgetHost old',
  'forgetHost new',
  'forgetHost app',
];
const NODES = ['excludeNodes', 'drain new', 'undoHost new drain join'];
const sorted = (lines: string[]) => [...lines].sort();

test.concurrent.each<[string, keyof Activities, string[], string[]]>([
  ['bridge', 'installBridgeClient', [], ['undoHost new front', 'undoHost new join', 'undoHost old join', ...NETWORK]],
  ['redirect', 'proveRedirects', [], ['undoHost new front', 'undoHost new join', 'undoHost old join', ...NETWORK]],
  [
    'join',
    'startNewNode',
    [],
    ['undoHost new front', ...NODES, 'undoHost new join', 'undoHost old join', 'restoreCluster', ...NETWORK],
  ],
  [
    'replicate',
    'replicate',
    [],
    ['undoHost new front', ...NODES, 'undoHost new join', 'undoHost old join', 'restoreCluster', ...NETWORK],
  ],
  [
    'front',
    'proveFronts',
    [],
    ['undoHost new front', ...NODES, 'undoHost new join', 'undoHost old join', 'restoreCluster', ...NETWORK],
  ],
  [
    'switch',
    'watchApps',
    ['big-switch'],
    [
      'undoHost app switch',
      'moveQuorum old',
      'undoHost new front',
      ...NODES,
      'undoHost new join',
      'undoHost old join',
      'restoreCluster',
      ...NETWORK,
    ],
  ],
  [
    'drain, before the node is stopped',
    'excludeNode',
    ['big-switch', 'drain:old-1'],
    [
      'undoHost app switch',
      'undoHost old drain',
      'restoreCluster drain',
      'moveQuorum old',
      'undoHost new front',
      ...NODES,
      'undoHost new join',
      'undoHost old join',
      'restoreCluster',
      ...NETWORK,
    ],
  ],
])('from %s everything is undone in reverse order', async (_phase, name, gates, expected) => {
  const world = await rolledBackDuring(name, gates);
  expect(sorted(stages(world))).toEqual(sorted(expected));
  // Each stage after the one before it; within a stage, and for what comes twice, the order says nothing.
  const steps = ['undoHost app switch', 'moveQuorum old', 'excludeNodes', 'drain new', 'undoHost new front'];
  const order = [...steps, 'undoHost new drain join', 'undoHost old redirect', 'undoHost old bridge', 'undoHost hub'];
  const inOrder = order.map((line) => stages(world).indexOf(line)).filter((position) => position >= 0);
  expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
  expect(world.said(/stopNode/)).toEqual([]);
});

test.concurrent('in the midst of the switch the apps go back to the quorum before anything else', async () => {
  const world = await rolledBackDuring('watchApps', ['big-switch']);
  const lines = world.said(/^(switchApp|undoHost app-\d switch|moveQuorum|restoreCluster|replicate|undoHost old-1)/);
  const turned = lines.indexOf('undoHost app-1 switch');
  expect(lines[turned - 1]).toBe('switchApp app-1');
  expect(lines.slice(turned + 1, turned + 3)).toEqual(['moveQuorum old', 'restoreCluster']);
});

test.concurrent('from preflight there is nothing to undo', async () => {
  const world = await rolledBackDuring('preflightCluster', []);
  expect(world.changes()).toEqual([]);
});

test.concurrent('while a gate is open, and nothing of that gate is done any more', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    const migration = new RunningMigration((await lab).env.client, handle.workflowId);
    const token = await openGate(handle, 'big-switch');
    await expect(migration.rollback({ by: 'bob', reason: 'no' })).resolves.toMatchObject({ accepted: true });
    await handle.signal('approve', { gate: 'big-switch', token, by: 'ann' });
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
    expect(world.said(/switchApp/)).toEqual([]);
    const audit = await handle.query<Audit>('audit');
    expect(audit.filter((entry) => !entry.accepted).map((entry) => entry.kind)).toEqual(['approve']);
  });
});

test.concurrent('out of a pause and out of a block', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  world.answers.proveJoin = async () => {
    throw lasting('new-2 does not see old-1', 'ProofFailed');
  };
  await withMigration(await lab, { world, input }, async (handle) => {
    await until(handle, (status) => status.blocked !== undefined);
    await handle.signal('pause', { by: 'bob' });
    await handle.signal('rollback', { by: 'bob', reason: 'that needs time' });
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
  });
});

test.concurrent('new nodes are emptied before they are stopped, however long it takes', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  const left = [80, 40, 0];
  world.answers.drain = async () => moved(left.shift() ?? 0);
  await withMigration(await lab, { world, input }, async (handle) => {
    await openGate(handle, 'big-switch');
    await handle.signal('rollback', { by: 'bob', reason: 'no' });
    await handle.result();
    const lines = world.said(/^(excludeNodes|drain|undoHost new-\d drain join|restoreCluster)/);
    expect(lines).toEqual([
      'restoreCluster',
      'excludeNodes',
      'drain new-1',
      'drain new-1',
      'drain new-1',
      'drain new-2',
      'drain new-1',
      'undoHost new-1 drain join',
      'drain new-2',
      'undoHost new-2 drain join',
      'restoreCluster',
    ]);
  });
});

test.concurrent('an undo that fails holds the rollback; resume goes on with the same stage', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  let broken = true;
  world.answers.undoHost = async ({ host, phases }) => {
    if (broken && host === 'new-2' && phases?.includes('redirect')) throw lasting('rules are locked');
    return { host, undone: [] };
  };
  await withMigration(await lab, { world, input }, async (handle) => {
    await openGate(handle, 'big-switch');
    await handle.signal('rollback', { by: 'bob', reason: 'no' });
    const status = await until(handle, (seen) => seen.blocked !== undefined);
    expect(status.blocked).toBe('rollback, redirects and bridge removed: new-2: rules are locked');
    broken = false;
    const excluded = world.said(/excludeNodes/).length;
    await handle.signal('resume', { by: 'bob' });
    await handle.result();
    expect(world.said(/excludeNodes/)).toHaveLength(excluded);
  });
});
