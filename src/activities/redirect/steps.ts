import { familyOf, type HostFamily } from '../../hosts/family';
import { jumpLines, loadRules, removeRules, rulesAreLoaded } from '../../hosts/rules/chains';
import { keptRules } from '../../hosts/rules/kept';
import type { HostStep } from '../../hosts/step';
import { crossPeers, hostRef, hubVpnAddress } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { redirectRules } from './rules';

/** Timer that takes the rules back unless they are confirmed. */
const TIMER = 'bigswitch-redirect-confirm';

/** sh lines that exit non-zero while the timer is armed; a plain `! command` would not, since `-e` skips it. */
function unarmed({ jobs }: HostFamily): string {
  return `if ${jobs.timer.isArmed(TIMER)}; then exit 1; fi`;
}

/**
 * Loads the rules with a timer armed that takes them back: a mistake here can cut off the host (commit-confirm, as
 * `iptables-apply` and Junos do).
 */
export function rulesStep(plan: Plan, host: string): HostStep {
  const rules = redirectRules(plan, host);
  const { timer } = familyOf(hostRef(plan, host)).jobs;
  return {
    phase: 'redirect',
    id: 'redirect-rules',
    summary: `redirect ${crossPeers(plan, host).length} addresses of the other side over the bridge`,
    effects: [
      { kind: 'rules', rules: [...rules.lines, ...jumpLines(rules)], there: true },
      { kind: 'answer', script: confirmScript(plan, host), stdout: '' },
    ],
    check: rulesAreLoaded(rules),
    apply: `${timer.disarm(TIMER)}
${timer.arm({ name: TIMER, seconds: plan.bridge.confirmSeconds, script: removeRules(rules) })}
${loadRules(rules)}`,
    undo: `${timer.disarm(TIMER)}
${removeRules(rules)}`,
    harmless: nobodyTalks(plan, host),
  };
}

/** Exits 0 when no node of this host has a connection to one of the other side, else says so. */
function nobodyTalks(plan: Plan, host: string): string {
  const peers = crossPeers(plan, host).map(({ address }) => address);
  return `seen=$(ss -Htn state established 'dport = :${plan.elasticsearch.transportPort}')
for peer in $(printf '%s\\n' "$seen" | awk '{ sub(/:[0-9]+$/, "", $4); gsub(/^\\[::ffff:|\\]$/, "", $4); print $4 }' | sort -u); do
  case ' ${peers.join(' ')} ' in
    *" $peer "*) echo "the node of this host talks to $peer over this redirect: without it the cluster falls apart; stop the nodes of one side first" >&2; exit 1 ;;
  esac
done`;
}

/**
 * Proves over the bridge that the loaded rules did not cut off the host. Unless this succeeds, the armed timer takes the
 * rules back, and a retry loads them again.
 */
export function confirmScript(plan: Plan, host: string): string {
  return `set -e
${rulesAreLoaded(redirectRules(plan, host))}
ping -q -c 3 -i 0.3 -W 2 ${hubVpnAddress(plan)} >/dev/null || {
  echo 'the hub does not answer over the bridge at ${hubVpnAddress(plan)}, so the redirect takes itself back in at most ${plan.bridge.confirmSeconds} s' >&2
  exit 1
}`;
}

/** The rules as the host keeps them: without them the cluster would fall apart with the next reconnect. */
function kept(plan: Plan, host: string) {
  return keptRules(familyOf(hostRef(plan, host)), 'redirect', redirectRules(plan, host), {
    description: 'bigswitch: redirect rules of the bridge',
    before: plan.elasticsearch.service,
  });
}

/** Disarms the timer and makes the rules come back by themselves. */
export function persistStep(plan: Plan, host: string): HostStep {
  const family = familyOf(hostRef(plan, host));
  const { effects, check, apply, undo, isEnabled } = kept(plan, host);
  return {
    phase: 'redirect',
    id: 'redirect-persist',
    summary: 'confirm the redirect and keep it across a reboot',
    effects,
    check: `${unarmed(family)}
${check}`,
    apply: `${family.jobs.timer.disarm(TIMER)}
${apply}`,
    verify: `${unarmed(family)}
${isEnabled}
${rulesAreLoaded(redirectRules(plan, host))}`,
    undo,
    harmless: nobodyTalks(plan, host),
  };
}

/** Takes one peer that is gone for good out of the rules, now and for the next reboot. */
export function withoutPeerStep(plan: Plan, host: string, gone: string): HostStep {
  const peer = crossPeers(plan, host).find((node) => node.host === gone);
  if (!peer) throw new Error(`${gone} is not on the other side of ${host}`);
  const line = `-d ${peer.address}/32 `;
  const { file, loader } = kept(plan, host);
  const toPeer = (rule: string) => rule.includes(line);
  return {
    phase: 'drain',
    id: `redirect-without-${gone}`,
    summary: `take ${gone} out of the redirect`,
    effects: [{ kind: 'rules', rules: redirectRules(plan, host, [peer]).lines.filter(toPeer), there: false }],
    check: `if iptables-save -t nat | grep '^-A BIGSWITCH_OUT ' | grep -qF -e '${line}'; then exit 1; fi
if [ -e ${file} ] && grep -qF -e '${line}' ${file}; then exit 1; fi`,
    save: `if [ -e ${file} ]; then cp -p ${file} "$BACKUP/rules"; fi`,
    apply: `grep -vF -e '${line}' ${file} >${file}.new
sync ${file}.new
mv ${file}.new ${file}
sh ${loader}`,
    undo: `if [ -e "$BACKUP/rules" ] && [ -e ${loader} ]; then
  cp -p "$BACKUP/rules" ${file}
  sh ${loader}
fi`,
  };
}
