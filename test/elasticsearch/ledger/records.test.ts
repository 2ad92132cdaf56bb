import { applyClusterStep, type ClusterStep } from '../../../src/elasticsearch/ledger/step';
import { mergeUndo, readLedger } from '../../../src/elasticsearch/ledger/records';
import { testDeps, testPlan } from '../world';

const plan = testPlan([{ name: 'old-1', address: '198.18.1.11' }], [{ name: 'new-1', address: '198.18.2.11' }]);

/** A cluster of one setting. */
function step(state: { value: string }, more: Partial<ClusterStep> = {}): ClusterStep {
  return {
    id: 'one',
    phase: 'join',
    summary: 'sets it',
    undo: { kind: 'settings', originals: [{ level: 'persistent', key: 'k', value: state.value }] },
    check: async () => state.value === 'wanted',
    apply: async () => void (state.value = 'wanted'),
    ...more,
  };
}

describe('the cluster ledger', () => {
  it('keeps what was before on the hub before anything is changed', async () => {
    const { scope, hosts } = await testDeps(plan);
    const state = { value: 'before' };
    let keptFirst = false;
    const watched = step(state, {
      apply: async () => void ((keptFirst = hosts.records.size === 1), (state.value = 'wanted')),
    });
    expect(await applyClusterStep(scope, watched)).toMatchObject({ host: 'hub', step: 'one', changed: true });
    expect(keptFirst).toBe(true);
    expect([...hosts.records.keys()]).toEqual(['cluster-0001-one']);
  });

  it('changes nothing and records nothing when the cluster is as wanted', async () => {
    const { scope, hosts } = await testDeps(plan);
    expect(await applyClusterStep(scope, step({ value: 'wanted' }))).toMatchObject({ changed: false });
    expect(hosts.records.size).toBe(0);
  });

  it('never overwrites the originals of a try that crashed', async () => {
    const { scope } = await testDeps(plan);
    const state = { value: 'before' };
    const crash = step(state, {
      apply: async () => {
        state.value = 'half';
        throw new Error('crash');
      },
    });
    await expect(applyClusterStep(scope, crash)).rejects.toThrow('crash');
    await applyClusterStep(scope, step(state));
    const [record] = await readLedger(scope);
    expect(record?.undo).toEqual({ kind: 'settings', originals: [{ level: 'persistent', key: 'k', value: 'before' }] });
    // A third run finds it done; the change is still known as ours.
    expect(await applyClusterStep(scope, step(state))).toMatchObject({ changed: true });
  });

  it('fails with StepFailed when the cluster did not become as wanted', async () => {
    const { scope } = await testDeps(plan);
    const stubborn = step({ value: 'before' }, { apply: async () => undefined });
    await expect(applyClusterStep(scope, stubborn)).rejects.toMatchObject({ type: 'StepFailed' });
  });

  it('refuses to go on over a record that it does not understand', async () => {
    const { scope, hosts } = await testDeps(plan);
    hosts.records.set('cluster-0001-one', { v: 2 });
    await expect(applyClusterStep(scope, step({ value: 'before' }))).rejects.toThrow(/cluster-0001-one.*by hand/);
  });

  it('numbers records by age and leaves the records of others alone', async () => {
    const { scope, hosts } = await testDeps(plan);
    hosts.records.set('something-else', 'x');
    await applyClusterStep(scope, step({ value: 'a' }));
    await applyClusterStep(scope, step({ value: 'b' }, { id: 'two' }));
    expect((await readLedger(scope)).map((record) => record.name)).toEqual(['cluster-0001-one', 'cluster-0002-two']);
  });
});

describe('mergeUndo', () => {
  it('adds new indices and keys, and keeps what is known', () => {
    const known = { kind: 'index-settings' as const, planned: false, originals: { a: { k: '0' } } };
    const later = {
      kind: 'index-settings' as const,
      planned: false,
      originals: { a: { k: '1', l: null }, b: { k: '2' } },
    };
    expect(mergeUndo(known, later)).toEqual({
      kind: 'index-settings',
      planned: false,
      originals: { a: { k: '0', l: null }, b: { k: '2' } },
    });
  });

  it('joins names', () => {
    expect(
      mergeUndo({ kind: 'voting', names: ['a'], keep: ['x'] }, { kind: 'voting', names: ['b'], keep: ['x', 'y'] }),
    ).toEqual({ kind: 'voting', names: ['a', 'b'], keep: ['x', 'y'] });
  });

  it('never takes what is set at one level for what was set at the other', () => {
    const original = (level: 'persistent' | 'transient', value: string | null) => ({ level, key: 'k', value });
    const known = { kind: 'settings' as const, originals: [original('persistent', null)] };
    const later = { kind: 'settings' as const, originals: [original('transient', 'of others')] };
    expect(mergeUndo(known, later)).toEqual({ ...known, originals: [...known.originals, ...later.originals] });
    expect(mergeUndo(known, { ...known, originals: [original('persistent', 'ours')] })).toEqual(known);
  });

  it('never mixes kinds', () => {
    const theirs = { persistent: [], transient: [] };
    expect(() =>
      mergeUndo({ kind: 'exclusions', names: [], theirs }, { kind: 'voting', names: [], keep: [] }),
    ).toThrow();
  });
});
