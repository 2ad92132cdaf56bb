import { familyOf, type HostFamily } from '../../hosts/family';
import type { HostStep } from '../../hosts/step';
import { crossPeers, hostRef, hubVpnAddress } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import {
  loadRules,
  jumpLines,
  jumps,
  redirectRules,
  removeRules,
  ruleLines,
  rulesAreLoaded,
  rulesOfFileAreLoaded,
} from './rules';

const FOLDER = '/etc/bigswitch';
const RULES = `${FOLDER}/redirect.rules`;
const LOADER = `${FOLDER}/redirect.sh`;
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
      { kind: 'rules', rules: [...ruleLines(rules), ...jumpLines()], there: true },
      { kind: 'answer', script: confirmScript(plan, host), stdout: '' },
    ],
    check: rulesAreLoaded(rules),
    apply: `${timer.disarm(TIMER)}
${timer.arm({ name: TIMER, seconds: plan.bridge.confirmSeconds, script: removeRules() })}
${loadRules(rules)}`,
    undo: `${timer.disarm(TIMER)}
${removeRules()}`,
  };
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

/** Seconds between two looks whether the rules are still there; for that long a new connection may find none. */
const KEEP_SECONDS = 5;

/**
 * What the service runs: it loads our rules from their file, and the jumps to them; with the argument \`keep\` it goes on, and
 * does so again whenever they are not as in the file. A firewall that is reloaded (nftables, firewalld, a run of
 * configuration management) flushes them, and the cluster would fall apart with the next reconnect.
 */
function loaderFile(): string {
  return `# Written by bigswitch; removed with the redirect.
set -e
load() {
  iptables-restore --noflush -w 10 <${RULES}
${jumps()}
}
loaded() (
${rulesOfFileAreLoaded(RULES)}
)
# One at a time: two that find a jump missing would make it twice.
exec 9<${LOADER}
if [ "\${1:-}" != keep ]; then
  flock 9
  load
  exit 0
fi
while sleep ${KEEP_SECONDS}; do
  flock 9
  if ! loaded; then
    load
    echo 'somebody took the redirect rules out; they are loaded again' >&2
  fi
  flock -u 9
done
`;
}

/** The service that runs it. */
function keeper(plan: Plan, { services }: HostFamily) {
  return services.own({
    name: 'bigswitch-redirect',
    description: 'bigswitch: redirect rules of the bridge',
    afterFirewalls: 'These load a whole ruleset of their own at boot, and would wipe out rules that were there before.',
    before: plan.elasticsearch.service,
    prepare: `/bin/sh ${LOADER}`,
    run: `/bin/sh ${LOADER} keep`,
    againSeconds: KEEP_SECONDS,
  });
}

/** Disarms the timer and makes the rules come back by themselves after a reboot. */
export function persistStep(plan: Plan, host: string): HostStep {
  const rules = redirectRules(plan, host);
  const family = familyOf(hostRef(plan, host));
  const { services, jobs } = family;
  const { unit, path, content, begin, end, forget } = keeper(plan, family);
  return {
    phase: 'redirect',
    id: 'redirect-persist',
    summary: 'confirm the redirect and keep it across a reboot',
    effects: [
      { kind: 'file', path: RULES, content: rules },
      { kind: 'file', path: LOADER, content: loaderFile() },
      { kind: 'file', path, content },
      { kind: 'service', unit, enabled: true, running: true },
    ],
    check: `${unarmed(family)}
[ "$(cat ${RULES})" = "$(cat <<'EOF_WANTED'
${rules}EOF_WANTED
)" ]
[ -e ${LOADER} ]
${services.isEnabled(unit)}
${services.isRunning(unit)}`,
    apply: `${jobs.timer.disarm(TIMER)}
mkdir -p ${FOLDER}
cat >${RULES} <<'EOF_FILE'
${rules}EOF_FILE
cat >${LOADER} <<'EOF_LOADER'
${loaderFile()}EOF_LOADER
cat >${path} <<'EOF_UNIT'
${content}EOF_UNIT
sync ${RULES} ${LOADER} ${path}
${begin}`,
    verify: `${unarmed(family)}
${services.isEnabled(unit)}
${rulesAreLoaded(rules)}`,
    undo: `${end}
rm -f ${path} ${RULES} ${RULES}.new ${LOADER}
if [ -d ${FOLDER} ]; then rmdir ${FOLDER} 2>/dev/null || true; fi
${forget}`,
  };
}

/** Takes one peer that is gone for good out of the rules, now and for the next reboot. */
export function withoutPeerStep(plan: Plan, host: string, gone: string): HostStep {
  const peer = crossPeers(plan, host).find((node) => node.host === gone);
  if (!peer) throw new Error(`${gone} is not on the other side of ${host}`);
  const line = `-d ${peer.address}/32 `;
  const toPeer = (rule: string) => rule.includes(line);
  return {
    phase: 'drain',
    id: `redirect-without-${gone}`,
    summary: `take ${gone} out of the redirect`,
    effects: [{ kind: 'rules', rules: ruleLines(redirectRules(plan, host, [peer])).filter(toPeer), there: false }],
    check: `if iptables-save -t nat | grep '^-A BIGSWITCH_OUT ' | grep -qF -e '${line}'; then exit 1; fi
if [ -e ${RULES} ] && grep -qF -e '${line}' ${RULES}; then exit 1; fi`,
    save: `if [ -e ${RULES} ]; then cp -p ${RULES} "$BACKUP/rules"; fi`,
    apply: `grep -vF -e '${line}' ${RULES} >${RULES}.new
sync ${RULES}.new
mv ${RULES}.new ${RULES}
sh ${LOADER}`,
    undo: `if [ -e "$BACKUP/rules" ] && [ -e ${LOADER} ]; then
  cp -p "$BACKUP/rules" ${RULES}
  sh ${LOADER}
fi`,
  };
}
