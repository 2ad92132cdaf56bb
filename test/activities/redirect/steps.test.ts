import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { redirectRules } from '../../../src/activities/redirect/rules';
import { persistStep, rulesStep, withoutPeerStep } from '../../../src/activities/redirect/steps';
import { loadRules, removeRules, restoreText, rulesAreLoaded, type OwnRules } from '../../../src/hosts/rules/chains';
import type { HostStep } from '../../../src/hosts/step';
import { crossPeers } from '../../../src/plan/hosts';
import { parsePlan } from '../../../src/plan/parse';
import { SHOP } from '../../shop-plan';

const plan = (bridge = {}) => parsePlan({ ...SHOP, bridge: { ...SHOP.bridge, ...bridge } });

describe('the rules of one host', () => {
  it('send each cross peer over the bridge, with the own VPN address, and let others in', () => {
    expect(restoreText(redirectRules(plan(), 'old-1')).split('\n')).toEqual([
      '*nat',
      ':BIGSWITCH_OUT - [0:0]',
      ':BIGSWITCH_IN - [0:0]',
      ':BIGSWITCH_POST - [0:0]',
      '-A BIGSWITCH_OUT -d 198.18.2.11/32 -p tcp -m multiport --dports 9200,9300 -j DNAT --to-destination 198.19.0.11',
      '-A BIGSWITCH_OUT -d 198.18.2.12/32 -p tcp -m multiport --dports 9200,9300 -j DNAT --to-destination 198.19.0.12',
      '-A BIGSWITCH_IN -d 198.19.0.10/32 -i tun-bigswitch -p tcp -m multiport --dports 9200,9300 -j DNAT --to-destination 198.18.1.11',
      '-A BIGSWITCH_POST -o tun-bigswitch -m conntrack --ctstate DNAT -j SNAT --to-source 198.19.0.10',
      'COMMIT',
      '',
    ]);
  });

  it('leave nodes of the own side alone, and UDP unless the plan asks', () => {
    const rules = restoreText(redirectRules(plan(), 'new-1'));
    expect(rules).toContain('-d 198.18.1.11/32');
    expect(rules).not.toContain('-d 198.18.2.12/32');
    expect(rules).not.toContain('udp');
    expect(restoreText(redirectRules(plan({ redirectUdp: true }), 'new-1'))).toContain(
      '-A BIGSWITCH_OUT -d 198.18.1.11/32 -p udp -m udp --dport 9300 -j DNAT --to-destination 198.19.0.10',
    );
  });

  it('can do without a peer', () => {
    const remaining = crossPeers(plan(), 'old-1').filter(({ host }) => host !== 'new-1');
    expect(restoreText(redirectRules(plan(), 'old-1', remaining))).not.toContain('198.18.2.11');
  });
});

describe('in a network namespace of its own, with the real iptables', () => {
  let folder: string;
  /** Runs fragments one after the other in one new namespace; `systemctl` and `systemd-run` are stand-ins. */
  const run = (...fragments: string[]) => {
    const script = fragments
      .map((fragment) => `(set -eu\n${fragment}\n)`)
      .join('\n')
      .replaceAll('/etc/bigswitch', join(folder, 'etc'))
      .replaceAll('/etc/systemd/system', join(folder, 'units'));
    const flags = userInfo().uid === 0 ? ['-n'] : ['-rn'];
    return execFileSync('unshare', [...flags, 'sh', '-euc', script], {
      env: { PATH: `${folder}/bin:/usr/sbin:/sbin:${process.env.PATH}`, BACKUP: join(folder, 'backup') },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).toString();
  };
  /** As the ledger does it: outside any condition, since those switch \`-e\` off. */
  const holds = (step: HostStep) =>
    `set +e\n(set -eu\n${step.check}\n)\nif [ $? -eq 0 ]; then echo yes; else echo no; fi`;
  const whole = (step: HostStep) => [step.save ?? ':', step.apply, step.verify ?? step.check];
  const shown = 'iptables-save -t nat | grep -v -e "^#" -e "^:[A-Z]*ING" -e "^:.*PUT"';
  const foreign = 'iptables -t nat -A OUTPUT -d 198.18.9.9/32 -p tcp -j RETURN';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bigswitch-redirect-'));
    for (const name of ['bin', 'backup', 'units']) mkdirSync(join(folder, name));
    const program = (name: string, body: string) => {
      writeFileSync(join(folder, 'bin', name), `#!/bin/sh\ncd '${folder}'\n${body}\n`);
      chmodSync(join(folder, 'bin', name), 0o755);
    };
    program('systemd-run', ': >armed');
    program(
      'systemctl',
      `case "$*" in
  stop*confirm*) rm -f armed ;;
  is-active*confirm*) [ -e armed ] ;;
  enable*) : >enabled ;;
  restart*) : >active; $(sed -n 's/^ExecStart\\(Pre\\)\\?=//p' units/bigswitch-redirect.service | head -n 1) ;;
  disable*) rm -f enabled active ;;
  is-enabled*) [ -e enabled ] ;;
  is-active*) [ -e active ] ;;
esac`,
    );
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const step = () => rulesStep(plan(), 'old-1');
  const persist = () => persistStep(plan(), 'old-1');
  const without = () => withoutPeerStep(plan(), 'old-1', 'new-1');

  it('loads exactly what it checks for, twice without a second jump', () => {
    const rules = redirectRules(plan({ redirectUdp: true }), 'old-1');
    const out = run(loadRules(rules), rulesAreLoaded(rules), loadRules(rules), rulesAreLoaded(rules), shown);
    expect(out.match(/-j BIGSWITCH_/g)).toHaveLength(3);
  });

  it('removes its own and leaves the rest, also when nothing was loaded', () => {
    const rules = redirectRules(plan(), 'old-1');
    expect(
      run(
        removeRules(redirectRules(plan(), 'old-1')),
        foreign,
        loadRules(rules),
        removeRules(redirectRules(plan(), 'old-1')),
        removeRules(redirectRules(plan(), 'old-1')),
        shown,
      ),
    ).toBe('*nat\n-A OUTPUT -d 198.18.9.9/32 -p tcp -j RETURN\nCOMMIT\n');
  });

  it('is not as wanted when a rule is missing or a foreign one is in our chain', () => {
    const rules = redirectRules(plan(), 'old-1');
    const more = 'iptables -t nat -A BIGSWITCH_OUT -d 198.18.9.9/32 -j RETURN';
    expect(run(holds(step()), loadRules(rules), holds(step()), more, holds(step()))).toBe('no\nyes\nno\n');
  });

  it('arms the way back before it loads, and disarms it when confirmed', () => {
    run(...whole(step()));
    expect(existsSync(join(folder, 'armed'))).toBe(true);
    run(...whole(step()), ...whole(persist()));
    expect(existsSync(join(folder, 'armed'))).toBe(false);
    expect(readFileSync(join(folder, 'etc/redirect.rules'), 'utf8')).toBe(restoreText(redirectRules(plan(), 'old-1')));
  });

  it('is not confirmed while the way back is armed: else it would take rules back that are wanted', () => {
    const out = run(
      ...whole(step()),
      ...whole(persist()),
      holds(persist()),
      removeRules(redirectRules(plan(), 'old-1')),
      step().apply,
      holds(persist()),
    );
    expect(out).toBe('yes\nno\n');
  });

  it('is not kept as wanted when the file for the next boot holds other rules', () => {
    const other = `printf '*nat\\nCOMMIT\\n' >/etc/bigswitch/redirect.rules`;
    expect(run(...whole(step()), ...whole(persist()), holds(persist()), other, holds(persist()))).toBe('yes\nno\n');
  });

  it('loads after whatever else loads a whole ruleset at boot, and before Elasticsearch', () => {
    run(...whole(step()), ...whole(persist()));
    const unit = readFileSync(join(folder, 'units/bigswitch-redirect.service'), 'utf8');
    expect(unit).toMatch(/^After=.*netfilter-persistent\.service.*nftables\.service.*ferm\.service/m);
    expect(unit).toMatch(/^Before=elasticsearch\.service$/m);
  });

  describe('while the service runs', () => {
    /** What systemd runs after the rules were loaded, without the pauses of seconds. */
    const during = (...fragments: string[]) => {
      writeFileSync(join(folder, 'bin/sleep'), '#!/bin/sh\nexec /bin/sleep 0.1\n', { mode: 0o755 });
      return run(
        ...whole(step()),
        ...whole(persist()),
        `$(sed -n 's/^ExecStart=//p' /etc/systemd/system/bigswitch-redirect.service) >keeper.log 2>&1 &
echo $! >/etc/bigswitch/keeper
/bin/sleep 0.5`,
        ...fragments,
        'kill $(cat /etc/bigswitch/keeper)',
      );
    };
    const there = (rules: OwnRules) => `n=0
until (${rulesAreLoaded(rules)}\n) 2>/dev/null; do n=$((n + 1)); [ $n -lt 100 ]; /bin/sleep 0.1; done`;
    const rules = redirectRules(plan(), 'old-1');

    it.each([
      ['flushes the whole ruleset', 'iptables-restore </dev/null; iptables -t nat -F; iptables -t nat -X'],
      ['flushes the built-in chains', 'iptables -t nat -F OUTPUT; iptables -t nat -F PREROUTING'],
      ['empties one of ours', 'iptables -t nat -F BIGSWITCH_OUT'],
      [
        'puts its own ruleset there',
        `printf '*nat\\n-A OUTPUT -d 198.18.9.9/32 -j RETURN\\nCOMMIT\\n' | iptables-restore`,
      ],
    ])('the rules are there again soon after a firewall %s', (_what, flush) => {
      during(flush, there(rules), there(rules));
    });

    it('a peer that was taken out stays out', () => {
      const others = redirectRules(
        plan(),
        'old-1',
        crossPeers(plan(), 'old-1').filter(({ host }) => host !== 'new-1'),
      );
      during(...whole(without()), 'iptables -t nat -F BIGSWITCH_OUT', there(others), '/bin/sleep 1', there(others));
    });

    it('it and a step that load them at the same time make no jump twice', () => {
      const load = `sh ${join(folder, 'etc/redirect.sh')}`;
      const slow = '#!/bin/sh\nPATH=/usr/sbin:/sbin:/usr/bin:/bin\niptables "$@"; rc=$?; sleep 0.1; exit $rc\n';
      writeFileSync(join(folder, 'bin/iptables'), slow, { mode: 0o755 });
      during(
        `for i in 1 2 3; do PATH=/usr/sbin:/sbin iptables -t nat -F OUTPUT; for j in 1 2 3; do ${load} & done; wait; done`,
        rulesAreLoaded(rules),
      );
    });
  });

  it('undo of a gone peer does not fail in a folder that others made', () => {
    const foreignFolder = 'mkdir -p /etc/bigswitch';
    expect(
      run(
        ...whole(step()),
        ...whole(persist()),
        ...whole(without()),
        persist().undo,
        step().undo,
        foreignFolder,
        without().undo,
        shown,
      ),
    ).toBe('*nat\nCOMMIT\n');
  });

  it('says which chain is wrong', () => {
    const rules = redirectRules(plan(), 'old-1');
    const say = (before: string) => run(loadRules(rules), before, `(${rulesAreLoaded(rules)}\n) 2>&1 || true`);
    expect(say('iptables -t nat -F BIGSWITCH_OUT')).toContain('do not hold the redirect rules');
    expect(say('iptables -t nat -D OUTPUT -j BIGSWITCH_OUT')).toContain('OUTPUT does not jump to BIGSWITCH_OUT once');
  });

  it('takes a gone peer out, now and for the next boot, and puts it back', () => {
    const out = run(
      ...whole(step()),
      ...whole(persist()),
      holds(without()),
      ...whole(without()),
      holds(without()),
      without().undo,
      rulesAreLoaded(redirectRules(plan(), 'old-1')),
    );
    expect(out).toBe('no\nyes\n');
    expect(readFileSync(join(folder, 'etc/redirect.rules'), 'utf8')).toBe(restoreText(redirectRules(plan(), 'old-1')));
  });

  it('is not done when only the file was changed', () => {
    const out = run(
      ...whole(step()),
      ...whole(persist()),
      without()
        .apply.split('\n')
        .filter((line) => !line.startsWith('sh '))
        .join('\n'),
      holds(without()),
    );
    expect(out).toBe('no\n');
  });

  it('undo leaves nothing, after a boot too', () => {
    const out = run(
      ...whole(step()),
      ...whole(persist()),
      removeRules(redirectRules(plan(), 'old-1')),
      `sh ${join(folder, 'etc/redirect.sh')}`,
      rulesAreLoaded(redirectRules(plan(), 'old-1')),
      without().undo,
      persist().undo,
      step().undo,
      without().undo,
      persist().undo,
      step().undo,
      shown,
    );
    expect(out).toBe('*nat\nCOMMIT\n');
    expect(existsSync(join(folder, 'etc'))).toBe(false);
    expect(existsSync(join(folder, 'units/bigswitch-redirect.service'))).toBe(false);
  });

  it('the test itself notices a failing fragment', () => {
    expect(() => run('false\ntrue')).toThrow();
  });
});
