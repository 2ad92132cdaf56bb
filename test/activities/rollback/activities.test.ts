import { createRollbackActivities } from '../../../src/activities/rollback/activities';
import { createUndoActivities } from '../../../src/activities/rollback/undo';
import { FAILURES } from '../../../src/contract/failures';
import { balances, NOT_OURS, NOT_WHOLE, unreadable, type Bad } from '../../support/cluster/bad';
import { away, LEFT, traces } from '../../support/cluster/left';
import * as lies from '../../support/cluster/lies';
import { simulatedWorld, type World } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

describe('proveOldNodesServe', () => {
  const prove = ({ deps }: World) => createRollbackActivities(deps).proveOldNodesServe();

  test('holds with one old node that knows a master of the cluster', async () => {
    const world = simulatedWorld('switched');
    world.cluster.tell(lies.from('old-1', lies.lost));
    await expect(prove(world)).resolves.toMatchObject({ facts: { serving: 1 } });
  });

  test('holds while the hub is away: the apps have to go back', async () => {
    const world = simulatedWorld('switched');
    world.hosts.kept = async () => {
      throw new Error('no route to host');
    };
    await expect(prove(world)).resolves.toMatchObject({ facts: { serving: 2 } });
  });

  const others = NOT_OURS.filter(([what]) => !what.includes('name'));
  test.each([...unreadable({ 'what a node knows': lies.VIEW }), ...others])(
    'does not hold with %s',
    async (_, change) => {
      const world = simulatedWorld('switched');
      change(world);
      await expect(prove(world)).rejects.toMatchObject({ type: FAILURES.PROOF_FAILED });
    },
  );
});

describe('proveAppsCanReturn', () => {
  const OLD = 'elasticsearch:\n  nodes: [http://198.18.1.11:9200, http://198.18.1.12:9200]\n';
  const asked = (world: World, said: string) => {
    world.hosts.old.set('app-1', OLD);
    world.hosts.tell((host, script) =>
      host === 'app-1' && script.includes('/dev/tcp') ? { stdout: said } : undefined,
    );
    return createRollbackActivities(world.deps).proveAppsCanReturn({ hosts: ['app-1'] });
  };

  test('asks from the app for the nodes in the file that it gets back; one is enough, the others are told', async () => {
    await expect(asked(simulatedWorld('switched'), 'yes old-2\n')).resolves.toMatchObject({
      proven: 'app-1 reaches old-2, does not reach old-1 at 198.18.1.11:9200',
    });
  });

  test('one that answers and is no member of the cluster would not serve the app', async () => {
    const lost = () => simulatedWorld('switched', { lies: [lies.from('old-2', lies.lost)] });
    await expect(asked(lost(), 'yes old-1\nyes old-2\n')).resolves.toMatchObject({
      proven: expect.stringMatching(/^app-1 reaches old-1, would not be served by old-2: ./) as string,
    });
    await expect(asked(lost(), 'yes old-2\n')).rejects.toMatchObject({
      type: FAILURES.PROOF_FAILED,
      message: expect.stringContaining(
        'app-1 does not reach old-1 at 198.18.1.11:9200, would not be served by old-2',
      ) as string,
    });
  });

  test('does not hold when none of them answers from there', async () => {
    const world = simulatedWorld('switched');
    await expect(asked(world, '')).rejects.toMatchObject({
      type: FAILURES.PROOF_FAILED,
      message: expect.stringContaining(
        'app-1 does not reach old-1 at 198.18.1.11:9200, does not reach old-2 at',
      ) as string,
    });
    expect(world.touched()).toEqual([]);
  });
});

describe('proveGone', () => {
  test('names the nodes that are still members, and asks only the other side', async () => {
    const world = simulatedWorld('back');
    const { proveGone } = createRollbackActivities(world.deps);
    await expect(proveGone({ hosts: ['new-1', 'new-2'] })).resolves.toMatchObject({ facts: { nodes: 2 } });
    const switched = simulatedWorld('switched');
    switched.cluster.model.leave('new-1');
    await expect(
      createRollbackActivities(switched.deps).proveGone({ hosts: ['new-1', 'new-2'] }),
    ).rejects.toMatchObject({
      type: FAILURES.PROOF_FAILED,
      message: expect.stringContaining('new-2 is still in the cluster') as string,
    });
  });
});

describe('proveRolledBack', () => {
  const prove = ({ deps }: World) => createRollbackActivities(deps).proveRolledBack();

  test('holds when the cluster and all hosts are as they were', async () => {
    const world = simulatedWorld('back');
    Object.assign(world.cluster.state.settings.persistent, { 'of.others': 'changed meanwhile' });
    await expect(prove(world)).resolves.toMatchObject({
      proven: expect.stringMatching(/green on its 2 old nodes only.*8 hosts. Others changed meanwhile: of.others.$/),
    });
  });

  test('holds while the balancer, which may work again, moves copies from one old node to another', async () => {
    const world = simulatedWorld('back');
    balances(world, 'orders', 'old-1', 'old-2');
    await expect(prove(world)).resolves.toMatchObject({
      proven: expect.stringMatching(/green on its 2 old nodes only \(its balancer moves 1 copy\)/),
    });
  });

  test('of an app that was never switched it tells how it is, and does not wait for it', async () => {
    const world = simulatedWorld('back');
    world.hosts.tell((host, script) => (host === 'app-3' && script.includes('timeout -k') ? { code: 7 } : undefined));
    const { proveRolledBack } = createRollbackActivities(world.deps);
    await expect(proveRolledBack({ switched: ['app-1', 'app-2'] })).resolves.toMatchObject({
      proven: expect.stringContaining('Never touched, and not well: app-3: its check ended with exit code 7') as string,
    });
    await expect(proveRolledBack({ switched: ['app-3'] })).rejects.toMatchObject({ type: FAILURES.PROOF_FAILED });
  });

  const questions = { health: lies.HEALTH, 'the table': lies.TABLE, nodes: lies.NODES, settings: lies.SETTINGS };
  const said = (host: string, part: string, code: number | null, stdout: string): Bad[1] => {
    return ({ hosts }) =>
      hosts.tell((asked, script) => (asked === host && script.includes(part) ? { code, stdout } : undefined));
  };
  const running = ['active', 'activating', 'deactivating', ''].map((state): Bad => {
    return [`a new node whose service is "${state}"`, ({ hosts }) => hosts.services.set('new-1', state)];
  });
  const bad: Bad[] = [
    ...unreadable({ 'what a node knows': lies.VIEW, ...questions, 'who is kept from voting': lies.VOTING }),
    ...NOT_WHOLE,
    ...NOT_OURS,
    ...LEFT,
    ...running,
    ['a new node that is there', ({ cluster }) => cluster.model.join({ ...node('new-1'), diskBytes: 1, freeBytes: 1 })],
    ['an old node that is missing', (w) => (w.cluster.state.nodes = w.cluster.state.nodes.slice(0, 1))],
    ['an old host that is away', (w) => away(w, 'old-2')],
    ['a new host that is away', (w) => away(w, 'new-2')],
    ['a claim on an old host', (w) => traces(w, 'old-1', 'claim\nlooked\n')],
    ['a new node whose service is not seen', said('new-1', 'is-active', null, 'inactive')],
    ['an app whose check fails', said('app-3', 'timeout -k', 1, 'no')],
    ['an app whose check could not end', said('app-3', 'timeout -k', null, '')],
    ['an app that still names a front', (w) => w.hosts.files.set('app-2', 'nodes: [https://198.18.2.12:9243]')],
    ['an app without its file', (w) => w.hosts.files.delete('app-2')],
  ];
  const node = (name: string) => ({ id: name, name, version: '7.17.28', roles: ['data'], transport: 'x', http: 'x' });
  test.each(bad)('does not hold with %s', async (_what, change) => {
    const world = simulatedWorld('back');
    change(world);
    await expect(prove(world)).rejects.toMatchObject({ type: FAILURES.PROOF_FAILED });
    expect(world.touched()).toEqual([]);
  });
});

describe('forgetHost', () => {
  const record = {
    v: 1,
    id: 'voting-new-out',
    phase: 'join',
    summary: 'new nodes do not vote',
    at: '2026-01-01T00:00:00Z',
    undo: { kind: 'voting', names: ['new-1'], keep: [] },
  };
  const keep = (name: string, value: unknown): Bad[1] => {
    return ({ hosts }) => hosts.records.get('hub')?.set(name, value);
  };
  const bad: Bad[] = [
    ['a change that is not put back', keep('cluster-0001-voting-new-out', record)],
    ['a record that is not understood', keep('cluster-0001-voting-new-out', { ...record, v: 2 })],
    ['half a record', keep('cluster-0001-voting-new-out', { ...record, undo: { kind: 'voting' } })],
    ['a record of a newer kind', keep('cluster-0001-x', { ...record, undo: { kind: 'templates', names: [] } })],
    [
      'a hub that does not tell',
      ({ hosts }) => {
        hosts.kept = async () => {
          throw new Error('no route to host');
        };
      },
    ],
  ];
  test.each(bad)('with %s the record of the hub stays', async (_what, change) => {
    const world = simulatedWorld('back');
    change(world);
    await expect(createUndoActivities(world.deps).forgetHost({ host: 'hub' })).rejects.toThrow();
    expect(world.touched()).toEqual([]);
  });

  test('ends the record of the hub when all is put back, and of another host at any time', async () => {
    const world = simulatedWorld('back');
    const { forgetHost } = createUndoActivities(world.deps);
    await forgetHost({ host: 'hub' });
    keep('cluster-0001-voting-new-out', record)(world);
    await forgetHost({ host: 'old-1' });
    expect(world.touched()).toEqual(['hub: forget', 'old-1: forget']);
  });
});
