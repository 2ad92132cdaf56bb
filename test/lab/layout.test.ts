import { addressOf, checkOptions, hostsOf, layoutHosts, NETWORKS } from '../../lab/layout';
import { DEFAULT_OPTIONS } from '../../lab/types';
import { cidrContains, parseCidr } from '../../src/plan/addresses';

describe('layoutHosts', () => {
  it('gives each kind of host its addresses', () => {
    const hosts = layoutHosts({ old: 2, new: 4, shape: 'plain' });
    expect(hosts.map(({ name }) => name)).toEqual([
      ...['hub', 'old-1', 'old-2', 'new-1', 'new-2', 'new-3', 'new-4', 'app-1', 'app-2'],
    ]);
    expect(hosts[0]?.addresses).toEqual({ old: '198.18.1.5', new: '198.18.2.5' });
    expect(hostsOf(hosts, 'old').map(addressOf)).toEqual(['198.18.1.11', '198.18.1.12']);
    expect(hostsOf(hosts, 'new')[3]?.addresses).toEqual({ new: '198.18.2.14' });
    expect(hostsOf(hosts, 'app')[1]?.addresses).toEqual({ old: '198.18.1.202', new: '198.18.2.202' });
  });

  it('never gives an address twice, nor one outside its network, at the largest size', () => {
    const hosts = layoutHosts({ old: 50, new: 50, shape: 'plain' });
    const all = hosts.flatMap(({ addresses }) => Object.entries(addresses) as ['old' | 'new', string][]);
    expect(new Set(all.map(([, address]) => address)).size).toBe(all.length);
    for (const [side, address] of all) {
      const cidr = parseCidr(NETWORKS[side].cidr);
      expect(cidr && cidrContains(cidr, address)).toBe(true);
      expect(address).not.toBe(NETWORKS[side].gateway);
    }
  });

  it('has no root login on app hosts, so that the way through sudo is used', () => {
    const users = layoutHosts({ old: 1, new: 1, shape: 'plain' }).map(({ role, sshUser }) => `${role} ${sshUser}`);
    expect(users).toEqual(['hub root', 'old root', 'new root', 'app deploy', 'app deploy']);
  });
});

describe('checkOptions', () => {
  it('takes the defaults', () => {
    expect(() => checkOptions(DEFAULT_OPTIONS)).not.toThrow();
  });

  it.each([
    [{ old: 0 }, '--old is 0; use a whole number from 1 to 50'],
    [{ new: 51 }, '--new is 51; use a whole number from 1 to 50'],
    [{ docs: 1.5 }, '--docs is 1.5; use a whole number from 1000 to 10000000'],
    [{ es: 'latest' }, '--es is "latest"; use a full version such as 7.17.28 or 8.17.0'],
  ])('refuses %j', (change, message) => {
    expect(() => checkOptions({ ...DEFAULT_OPTIONS, ...change })).toThrow(message);
  });
});
