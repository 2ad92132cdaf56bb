import { createRollbackActivities } from '../../../src/activities/rollback/activities';
import { createUndoActivities } from '../../../src/activities/rollback/undo';
import { FAILURES } from '../../../src/contract/failures';
import { NOT_OURS, unreadable, UNREST, type Bad } from '../../support/cluster/bad';
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

describe('proveRolledBack', () => {
  const prove = ({ deps }: World) => createRollbackActivities(deps).proveRolledBack();

  test('holds when the cluster and all hosts are as they were', async () => {
    const world = simulatedWorld('back');
    Object.assign(world.cluster.state.settings.persistent, { 'of.others': 'changed meanwhile' });
    await expect(prove(world)).resolves.toMatchObject({
      proven: expect.stringMatching(/green on its 2 old nodes only.*8 hosts. Others changed meanwhile: of.others.$/),
    });
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
    ...UNREST,
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
