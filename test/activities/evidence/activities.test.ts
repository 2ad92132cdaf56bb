import { foreignPeers } from '../../../src/activities/evidence/apps';
import { createEvidenceActivities } from '../../../src/activities/evidence/activities';
import { testDeps, testPlan } from '../../elasticsearch/world';

const plan = testPlan([{ name: 'old-1', address: '127.0.1.99' }], [{ name: 'new-1', address: '127.0.2.99' }]);

describe('foreignPeers', () => {
  const line = (peer: string) => `0      0      127.0.1.99:9200   ${peer}\n`;

  it('leaves out nodes, by real and bridge address, the hub, and loopback', () => {
    const known = ['127.0.2.99:4001', '198.19.0.11:4002', '127.0.9.1:4003', '127.0.0.1:4004', '[::1]:4005'];
    expect(foreignPeers(known.map(line).join(''), plan)).toEqual([]);
  });

  it('names apps and shows strangers once', () => {
    const out = [line('127.0.8.1:5000'), line('127.0.8.1:5001'), line('[::ffff:127.0.7.7]:5002')].join('');
    expect(foreignPeers(out, plan)).toEqual(['127.0.8.1 (app-1)', '127.0.7.7']);
  });

  it('does not take what it does not understand for nobody', () => {
    expect(() => foreignPeers('ESTAB whatever\n', plan)).toThrow(/understood/);
  });
});

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
