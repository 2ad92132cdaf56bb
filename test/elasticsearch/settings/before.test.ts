import { keepSettingsBefore, settingsChangedSince } from '../../../src/elasticsearch/settings/before';
import { undoRecord } from '../../../src/elasticsearch/ledger/undo';
import { BEFORE, simulatedWorld } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

const OURS = 'cluster.routing.rebalance.enable';
const THEIRS = 'logger.of.others';

describe.each(['persistent', 'transient'] as const)('settings that are %s', (level) => {
  async function since(key: string, was: string | undefined, is: string | undefined) {
    const { cluster, hosts, scope } = simulatedWorld('back');
    hosts.records.clear();
    const client = cluster.access.via('old-1');
    const values = cluster.state.settings[level];
    if (was !== undefined) values[key] = was;
    await keepSettingsBefore(scope, client);
    if (is === undefined) delete values[key];
    else values[key] = is;
    // What is kept already is never written anew.
    await keepSettingsBefore(scope, client);
    return settingsChangedSince(scope, client);
  }

  test.each([
    ['changed', 'all', 'none', `${OURS} is "none" and was "all"`],
    ['removed', 'all', undefined, `${OURS} is not set and was "all"`],
    ['added', undefined, 'none', `${OURS} is "none" and was not set`],
  ])('are told when one of ours is %s, and when one of others is', async (_what, was, is, told) => {
    expect(await since(OURS, was, is)).toEqual({ ours: [told], others: [] });
    expect(await since(THEIRS, was, is)).toEqual({ ours: [], others: [THEIRS] });
  });

  test('are not told when they are as they were', async () => {
    expect(await since(OURS, 'none', 'none')).toEqual({ ours: [], others: [] });
  });

  test('are put back where they were, and only there', async () => {
    const { cluster } = simulatedWorld('back');
    const other = level === 'persistent' ? 'transient' : 'persistent';
    cluster.state.settings[level][OURS] = 'ours';
    cluster.state.settings[other][OURS] = 'theirs';
    await undoRecord(cluster.access.via('old-1'), {
      kind: 'settings',
      originals: [
        { level, key: OURS, value: null },
        { level, key: THEIRS, value: 'debug' },
      ],
    });
    expect(cluster.state.settings).toMatchObject({ [level]: { [THEIRS]: 'debug' }, [other]: { [OURS]: 'theirs' } });
    expect(cluster.state.settings[level]).not.toHaveProperty([OURS]);
  });
});

test('a record of before that is not understood is no proof', async () => {
  const { cluster, hosts, scope } = simulatedWorld('back');
  hosts.records.get('hub')?.set(BEFORE, { persistent: {} });
  await expect(settingsChangedSince(scope, cluster.access.via('old-1'))).rejects.toThrow(/can't be understood/);
});

describe('voting exclusions', () => {
  test('of others come back, also when they were cleared and a worker died before they were', async () => {
    const { cluster } = simulatedWorld('back');
    const client = cluster.access.via('old-1');
    const undo = { kind: 'voting' as const, names: ['new-1'], keep: ['of-others'] };
    cluster.state.voteless = ['new-1', 'of-others', 'meanwhile'];
    await undoRecord(client, undo);
    expect([...cluster.state.voteless].sort()).toEqual(['meanwhile', 'of-others']);
    cluster.state.voteless = [];
    await undoRecord(client, undo);
    expect(cluster.state.voteless).toEqual(['of-others']);
  });

  test('are not called put back when they are not', async () => {
    const { cluster } = simulatedWorld('back');
    const client = cluster.access.via('old-1');
    const undo = { kind: 'voting' as const, names: ['new-1'], keep: ['of-others'] };
    for (const method of ['DELETE', 'POST']) {
      cluster.state.voteless = ['new-1', 'of-others'];
      cluster.tell((asked) => (asked.method === method ? { status: 200, body: '{}' } : undefined));
      await expect(undoRecord(client, undo)).rejects.toThrow('voting exclusions were not put back');
      cluster.tellTheTruth();
    }
  });
});

describe('settings of indices', () => {
  const undo = {
    kind: 'index-settings' as const,
    originals: { orders: { 'index.number_of_replicas': '1' }, gone: { 'index.number_of_replicas': '1' } },
    planned: false,
  };
  test('are put back, of indices that are still there', async () => {
    const { cluster } = simulatedWorld('back');
    cluster.model.setOnIndex('orders', { 'index.number_of_replicas': '0' });
    await undoRecord(cluster.access.via('old-1'), undo);
    expect(cluster.state.indices[0]?.settings['index.number_of_replicas']).toBe('1');
  });

  test('are not called put back when they are not', async () => {
    const { cluster } = simulatedWorld('back');
    cluster.model.setOnIndex('orders', { 'index.number_of_replicas': '0' });
    cluster.tell((asked) => (asked.method === 'PUT' ? { status: 200, body: '{"acknowledged":true}' } : undefined));
    await expect(undoRecord(cluster.access.via('old-1'), undo)).rejects.toThrow(/orders: .* was not put back/);
  });
});
