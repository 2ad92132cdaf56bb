import { createClaimActivities } from '../../../src/activities/preflight/claim';
import { createSurveyActivities } from '../../../src/activities/clean-up/survey';
import { FAILURES } from '../../../src/contract/failures';
import type { LedgerEntry } from '../../../src/contract/ledger';
import { testPlan } from '../../elasticsearch/world';
import { LocalHosts } from '../../elasticsearch/world';
import { testDeps } from '../deps';

const plan = testPlan([{ name: 'old-1', address: '127.0.1.1' }], [{ name: 'new-1', address: '127.0.2.1' }]);
const step: LedgerEntry = {
  host: 'old-1',
  phase: 'drain',
  step: 'elasticsearch-stopped',
  summary: 'stop Elasticsearch',
  changed: true,
  at: '2026-01-01T00:00:00Z',
};

/** Hosts of which one has a step, and all a claim. */
class RecordedHosts extends LocalHosts {
  override async recorded(host?: { name: string }) {
    return { steps: host?.name === 'old-1' ? [step] : [], claim: { migration: 'test', owner: 'bigswitch-test' } };
  }
}

function world(hosts = new RecordedHosts()) {
  hosts.answer = (host) => (host === 'old-1' ? 'inactive\n' : 'active\n');
  const deps = testDeps({ plan, hosts });
  return { hosts, ...createSurveyActivities(deps), ...createClaimActivities(deps) };
}

it('tells what each host and the hub have recorded, and whether its node runs', async () => {
  const { hosts, surveyHosts, markTeardown, unmarkTeardown } = world();
  await hosts.keep('hub', 'cluster-0001-voting', {
    v: 1,
    id: 'voting',
    phase: 'join',
    summary: 'new nodes do not vote',
    at: '2026-01-01T00:00:00Z',
    undo: { kind: 'voting', names: ['new-1'], keep: [] },
  });
  const claim = { migration: 'test', owner: 'bigswitch-test', over: false };
  const before = await surveyHosts();
  expect(before.hosts).toEqual([
    { host: 'hub', role: 'hub', steps: [], claim },
    { host: 'old-1', role: 'old', steps: [step], claim, running: false },
    { host: 'new-1', role: 'new', steps: [], claim, running: true },
    { host: 'app-1', role: 'app', steps: [], claim },
  ]);
  expect(before.cluster).toMatchObject([{ host: 'hub', phase: 'join', step: 'voting' }]);
  expect(before).toMatchObject({ settingsKept: false, tearingDown: false });
  await hosts.keep('hub', 'settings-before', { persistent: {}, transient: {} });
  await markTeardown();
  expect(await surveyHosts()).toMatchObject({ settingsKept: true, tearingDown: true });
  await unmarkTeardown();
  expect(await surveyHosts()).toMatchObject({ settingsKept: true, tearingDown: false });
});

it('fails when one host can not be asked: what is not known is not nothing', async () => {
  class Deaf extends RecordedHosts {
    override async recorded(host?: { name: string }) {
      if (host?.name === 'new-1') throw new Error('new-1: no answer');
      return super.recorded(host);
    }
  }
  await expect(world(new Deaf()).surveyHosts()).rejects.toThrow('new-1: no answer');
});

it('names the migration that holds a host already', async () => {
  const { hosts, claimHost } = world();
  const input = { host: 'old-1', owner: 'bigswitch-test', run: 'ours' };
  await expect(claimHost(input)).resolves.toBeUndefined();
  const theirs = { migration: 'test', owner: 'bigswitch-test', namespace: 'default', server: 'another', age: 7 };
  hosts.claim = async () => ({ ...theirs, run: 'theirs' });
  await expect(claimHost(input)).rejects.toMatchObject({
    type: FAILURES.PREFLIGHT_FAILED,
    nonRetryable: true,
    message: expect.stringContaining(
      'old-1 is held by the migration "test" (workflow bigswitch-test, run theirs, namespace "default" of Temporal cluster another, renewed 7 s ago)',
    ) as string,
  });
});
