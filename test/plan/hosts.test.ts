import { allHosts, crossPeers, hostRef, hubVpnAddress, plannedNode, plannedNodes } from '../../src/plan/hosts';
import { parsePlan } from '../../src/plan/parse';
import { brokenPlan, minimalPlan } from './minimal';

describe('hosts of a plan', () => {
  const plan = parsePlan(minimalPlan());

  test('are the hub, the old, the new and the apps, in this order', () => {
    expect(allHosts(plan).map(({ name, role }) => `${role} ${name}`)).toEqual([
      'hub hub',
      'old old-1',
      'old old-2',
      'old old-3',
      'new new-1',
      'new new-2',
      'new new-3',
      'app app-1',
    ]);
  });

  test('are reached at their own address unless the plan says otherwise', () => {
    expect(hostRef(plan, 'old-1').ssh).toEqual({ address: '10.0.1.11', port: 22, user: 'root', sudo: false });
    const other = parsePlan(
      brokenPlan((input) => {
        input.ssh.sudo = true;
        input.hosts.old[0].ssh = { address: 'jump', port: 2201, user: 'deploy', sudo: false };
      }),
    );
    expect(hostRef(other, 'old-1').ssh).toEqual({ address: 'jump', port: 2201, user: 'deploy', sudo: false });
    expect(hostRef(other, 'old-2').ssh).toEqual({ address: '10.0.1.12', port: 22, user: 'root', sudo: true });
  });

  test('get bridge addresses that never change with the order of anything else', () => {
    expect(hubVpnAddress(plan)).toBe('198.19.0.1');
    expect(plannedNodes(plan).map(({ host, vpnAddress }) => [host, vpnAddress])).toEqual([
      ['old-1', '198.19.0.10'],
      ['old-2', '198.19.0.11'],
      ['old-3', '198.19.0.12'],
      ['new-1', '198.19.0.13'],
      ['new-2', '198.19.0.14'],
      ['new-3', '198.19.0.15'],
    ]);
  });

  test('have the nodes of the other side as cross peers', () => {
    expect(crossPeers(plan, 'old-2').map(({ host }) => host)).toEqual(['new-1', 'new-2', 'new-3']);
    expect(crossPeers(plan, 'new-1').map(({ host }) => host)).toEqual(['old-1', 'old-2', 'old-3']);
  });

  test('that are not in the plan are an error that names them', () => {
    expect(() => hostRef(plan, 'old-9')).toThrow('the plan has no host named "old-9"');
    expect(() => plannedNode(plan, 'hub')).toThrow('the plan has no old or new host named "hub"');
  });
});
