import { createEvidenceActivities } from '../../../src/activities/evidence/activities';
import { testDeps, testPlan } from '../../elasticsearch/world';

const plan = testPlan([{ name: 'old-1', address: '127.0.1.99' }], [{ name: 'new-1', address: '127.0.2.99' }]);

describe('gatherEvidence', () => {
  it('never throws: what can not be seen is a fact that does not hold', async () => {
    const { deps, hosts } = await testDeps(plan);
    hosts.read = async () => ({ code: null, stdout: '', stderr: '' });
    const quick = { ...deps, sleep: async () => undefined };
    for (const gate of ['big-switch', 'drain:old-1', 'teardown'] as const) {
      const evidence = await createEvidenceActivities(quick).gatherEvidence({ gate });
      expect(evidence).toMatchObject({ gate, holds: false });
      expect(evidence.facts.length).toBeGreaterThan(2);
      expect(evidence.facts.find((fact) => fact.name.includes('green'))).toMatchObject({ ok: false });
    }
  });
});
