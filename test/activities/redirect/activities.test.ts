import { redirectRules } from '../../../src/activities/redirect/rules';
import { persistStep, rulesStep, withoutPeerStep } from '../../../src/activities/redirect/steps';
import { loadRules, removeRules, restoreText, rulesAreLoaded } from '../../../src/hosts/rules/chains';
import { crossPeers } from '../../../src/plan/hosts';
import { twoASide as plan } from '../two-a-side';

describe('redirect rules', () => {
  it('redirect cross peers only, on the two ports only, so that SSH and the own side stay as they were', () => {
    const rules = restoreText(redirectRules(plan(), 'old-1')).split('\n');
    expect(rules.filter((rule) => rule.startsWith('-A BIGSWITCH_OUT'))).toEqual([
      '-A BIGSWITCH_OUT -d 198.18.2.11/32 -p tcp -m multiport --dports 9200,9300 -j DNAT --to-destination 198.19.0.12',
      '-A BIGSWITCH_OUT -d 198.18.2.12/32 -p tcp -m multiport --dports 9200,9300 -j DNAT --to-destination 198.19.0.13',
    ]);
    expect(rules.join('\n')).not.toContain('198.18.1.12');
  });

  it('bring what arrives for the VPN address to the own real address, so that no old node is restarted', () => {
    expect(restoreText(redirectRules(plan(), 'old-1'))).toContain(
      '-A BIGSWITCH_IN -d 198.19.0.10/32 -i tun-bigswitch -p tcp -m multiport --dports 9200,9300 ' +
        '-j DNAT --to-destination 198.18.1.11\n',
    );
  });

  it('leave with the own VPN address, for the hub drops any other source', () => {
    expect(restoreText(redirectRules(plan(), 'new-2'))).toContain(
      '-A BIGSWITCH_POST -o tun-bigswitch -m conntrack --ctstate DNAT -j SNAT --to-source 198.19.0.13\n',
    );
  });

  it('redirect UDP of the transport port where the plan asks', () => {
    expect(restoreText(redirectRules(plan({ redirectUdp: true }), 'old-1'))).toContain(
      '-p udp -m udp --dport 9300 -j DNAT',
    );
    expect(restoreText(redirectRules(plan(), 'old-1'))).not.toContain('udp');
  });

  it('can leave out a peer that is gone', () => {
    const rest = crossPeers(plan(), 'new-1').filter((peer) => peer.host !== 'old-1');
    expect(restoreText(redirectRules(plan(), 'new-1', rest))).not.toContain('198.18.1.11');
    expect(restoreText(redirectRules(plan(), 'new-1', rest))).toContain('198.18.1.12');
  });

  it('never flush or save what is not ours', () => {
    const all = [loadRules(redirectRules(plan(), 'old-1')), removeRules(redirectRules(plan(), 'old-1'))].join('\n');
    expect(all).toContain('iptables-restore --noflush');
    for (const flush of all.match(/-F \S*/g) ?? []) expect(flush).toMatch(/^-F BIGSWITCH_/);
  });

  it('are compared as a whole: an extra rule in our chains is not "loaded"', () => {
    const check = rulesAreLoaded(redirectRules(plan(), 'old-1'));
    expect(check).toContain('[ "$wanted" = "$loaded" ]');
    expect(check.match(/= 1 \]/g)).toHaveLength(3);
  });
});

describe('redirect steps', () => {
  it('arm the timer before the rules are loaded, with an accuracy of a second', () => {
    const { apply } = rulesStep(plan({ confirmSeconds: 60 }), 'old-1');
    expect(apply.indexOf('--on-active=60 --timer-property=AccuracySec=1s')).toBeGreaterThan(0);
    expect(apply.indexOf('systemd-run')).toBeLessThan(apply.indexOf('iptables-restore'));
  });

  it('disarm before they persist, and come up before Elasticsearch after a reboot', () => {
    const { apply } = persistStep(plan(), 'old-1');
    expect(apply.indexOf('systemctl stop bigswitch-redirect-confirm.timer')).toBeLessThan(apply.indexOf('cat >'));
    expect(apply).toContain('Before=elasticsearch.service');
  });

  it('take a gone peer out under an id of its own', () => {
    expect(withoutPeerStep(plan(), 'new-1', 'old-2')).toMatchObject({ phase: 'drain', id: 'redirect-without-old-2' });
    expect(() => withoutPeerStep(plan(), 'new-1', 'new-2')).toThrow('new-2 is not on the other side of new-1');
  });
});
