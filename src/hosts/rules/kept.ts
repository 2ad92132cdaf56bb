import type { HostFamily } from '../family';
import type { OwnService } from '../family/services';
import type { StepEffect } from '../step';
import { makeJumps, restoreText, rulesOfFileAreLoaded, type OwnRules } from './chains';

const FOLDER = '/etc/bigswitch';
/** Seconds between two looks whether the rules are still there; for that long a new connection may find none. */
const KEEP_SECONDS = 5;

/** Rules that come back by themselves: after a reboot, and when somebody takes them out. */
export interface KeptRules {
  /** File that holds them. */
  file: string;
  /** sh script that loads them from it. */
  loader: string;
  effects: StepEffect[];
  /** sh lines that exit non-zero unless files and service are as wanted. */
  check: string;
  /** sh lines that write the files and begin the service, which loads the rules. */
  apply: string;
  /** sh lines that end the service and remove the files; the rules stay. */
  undo: string;
  /** sh lines that exit non-zero unless the service comes back at boot. */
  isEnabled: string;
}

/**
 * A service that loads rules from their file, and goes on to do so whenever they are not as in the file. A firewall that is
 * reloaded (nftables, firewalld, a run of configuration management) flushes them.
 * @param name of files and service, after `bigswitch`
 * @param before unit that is to find them there at boot
 */
export function keptRules(
  { services }: HostFamily,
  name: string,
  rules: OwnRules,
  { description, before }: { description: string; before: string },
): KeptRules {
  const [file, loader] = [`${FOLDER}/${name}.rules`, `${FOLDER}/${name}.sh`];
  const text = restoreText(rules);
  const script = loaderFile(rules, file, loader);
  const service: OwnService = services.own({
    name: `bigswitch-${name}`,
    description,
    afterFirewalls: 'These load a whole ruleset of their own at boot, and would wipe out rules that were there before.',
    before,
    prepare: `/bin/sh ${loader}`,
    run: `/bin/sh ${loader} keep`,
    againSeconds: KEEP_SECONDS,
  });
  const { unit, path, content, begin, end, forget } = service;
  return {
    file,
    loader,
    effects: [
      { kind: 'file', path: file, content: text },
      { kind: 'file', path: loader, content: script },
      { kind: 'file', path, content },
      { kind: 'service', unit, enabled: true, running: true },
    ],
    check: `[ "$(cat ${file})" = "$(cat <<'EOF_WANTED'
${text}EOF_WANTED
)" ]
[ -e ${loader} ]
${services.isEnabled(unit)}
${services.isRunning(unit)}`,
    apply: `mkdir -p ${FOLDER}
cat >${file} <<'EOF_FILE'
${text}EOF_FILE
cat >${loader} <<'EOF_LOADER'
${script}EOF_LOADER
cat >${path} <<'EOF_UNIT'
${content}EOF_UNIT
sync ${file} ${loader} ${path}
${begin}`,
    undo: `${end}
rm -f ${path} ${file} ${file}.new ${loader}
if [ -d ${FOLDER} ]; then rmdir ${FOLDER} 2>/dev/null || true; fi
${forget}`,
    isEnabled: services.isEnabled(unit),
  };
}

/** With the argument `keep` it goes on. */
function loaderFile(rules: OwnRules, file: string, loader: string): string {
  return `# Written by bigswitch; removed with the ${rules.what}.
set -e
load() {
  iptables-restore --noflush -w 10 <${file}
${makeJumps(rules)}
}
loaded() (
${rulesOfFileAreLoaded(rules, file)}
)
# One at a time: two that find a jump missing would make it twice.
exec 9<${loader}
if [ "\${1:-}" != keep ]; then
  flock 9
  load
  exit 0
fi
while sleep ${KEEP_SECONDS}; do
  flock 9
  if ! loaded; then
    load
    echo 'somebody took the ${rules.what} out; they are loaded again' >&2
  fi
  flock -u 9
done
`;
}
