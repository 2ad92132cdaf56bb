import { quote } from '../../script';
import type { HostStep } from '../../step';
import type { ServiceStepInput } from '../services';

/** Enables and starts a unit, or stops and disables it; the undo brings back the state that it had. */
export function serviceStep({ phase, id, summary, unit, ...wanted }: ServiceStepInput): HostStep {
  const name = quote(unit);
  const proof = wanted.proof ?? 'true';
  const seconds = wanted.readySeconds ?? 60;
  const holds = `${wanted.enabled ? '' : '! '}systemctl is-enabled --quiet ${name} && ${wanted.running ? `systemctl is-active --quiet ${name}` : isStopped(name)}`;
  return {
    phase,
    id,
    summary,
    timeoutSeconds: seconds + 120,
    effects: [{ kind: 'service', unit, enabled: wanted.enabled, running: wanted.running }],
    check: `{ ${holds}; } 2>/dev/null || exit 1
(
${proof}
)`,
    save: `{ systemctl is-enabled ${name} 2>/dev/null || true; } >"$BACKUP/enabled"
{ systemctl is-active ${name} 2>/dev/null || true; } >"$BACKUP/active"`,
    apply: `systemctl daemon-reload
systemctl ${wanted.enabled ? 'enable' : 'disable'} --quiet ${name}
${
  wanted.running
    ? `systemctl reset-failed ${name} 2>/dev/null || true
systemctl start ${name} || { ${journal(name)}; exit 1; }`
    : `systemctl stop ${name}`
}`,
    verify: `deadline=$(($(date +%s) + ${seconds}))
prove() (
set -eu
{ ${holds}; } 2>/dev/null || exit 1
${proof}
)
while :; do
  set +e
  prove
  rc=$?
  set -e
  if [ "$rc" -eq 0 ]; then break; fi
  if [ "$(date +%s)" -ge "$deadline" ]; then ${journal(name)}; exit 1; fi
  sleep 0.5
done`,
    undo: `if [ -e "$BACKUP/enabled" ]; then
  read -r enabled <"$BACKUP/enabled" || true
  read -r active <"$BACKUP/active" || true
  systemctl daemon-reload
  case "$enabled" in
    enabled*) systemctl enable --quiet ${name} ;;
    disabled) systemctl disable --quiet ${name} ;;
    *) systemctl disable --quiet ${name} 2>/dev/null || true ;;
  esac
  if [ "$active" = active ]; then
    systemctl start ${name}
  else
    systemctl stop ${name} || true
    ${isStopped(name)} || { echo ${name}" could not be stopped: $(systemctl is-active ${name} 2>&1)"; exit 1; }
    systemctl reset-failed ${name} 2>/dev/null || true
  fi
fi`,
  };
}

/** Whether a unit is known to be at rest; no answer, or one about to start again, is not that. */
function isStopped(name: string): string {
  return `systemctl show -p ActiveState ${name} 2>/dev/null | grep -qxE 'ActiveState=(inactive|failed)'`;
}

/** The state and the last lines of the journal of a unit, for the message of a failed step. */
function journal(name: string): string {
  return `{ systemctl is-active ${name}; journalctl -u ${name} -n 15 --no-pager -o cat; } 2>&1 | tail -c 3000`;
}

/**
 * Stops a unit by the settings with which it was started, then starts it by the new ones. The mark lets a try that was cut
 * off in between start it all the same.
 */
export function restartByNewSettings(unit: string): string {
  return `if systemctl is-active --quiet ${unit}; then
  : >"$BACKUP/stopped"
  systemctl stop ${unit}
fi
systemctl daemon-reload
if [ -e "$BACKUP/stopped" ]; then
  systemctl start ${unit}
  rm -f "$BACKUP/stopped"
fi`;
}
