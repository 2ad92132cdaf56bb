import { quote } from '../../script';
import type { ManagerSeen, ServiceSeen } from '../services';

/** Prints in one word how systemd is. */
export const MANAGER_SCRIPT = `if [ -d /run/systemd/system ]; then systemctl is-system-running 2>/dev/null; else echo absent; fi`;

/** What that word means. */
export function judgeManager(word: string): ManagerSeen {
  if (word === 'running') return { verdict: 'well', seen: 'it is running', remedy: 'nothing' };
  if (word === 'degraded' || word === 'starting') {
    const remedy = 'see `systemctl --failed` and `systemctl list-jobs`';
    return { verdict: 'limps', seen: `it is ${word}`, remedy };
  }
  const seen = word === 'absent' ? 'the host does not run on systemd' : `it is ${word || 'unknown'}`;
  const remedy = 'bigswitch keeps bridge and redirects as systemd units; use such a host';
  return { verdict: 'unusable', seen, remedy };
}

/** Prints in one word how a unit is. */
export function stateScript(unit: string): string {
  return `systemctl is-active ${unit} || true`;
}

/** Whether a unit is at rest, by that word. */
export function saysStopped(word: string): boolean {
  return ['inactive', 'failed'].includes(word.trim());
}

/** Prints whether a unit is enabled, and how it is. */
export function bothScript(unit: string): string {
  const name = quote(unit);
  return `echo "enabled=$(systemctl is-enabled ${name} 2>/dev/null)"\necho "active=$(systemctl is-active ${name} 2>/dev/null)"`;
}

/** Both, as systemd says it. */
export function both(output: string): { enabled: string; active: string } {
  const said = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(output)?.[1]?.trim() ?? '';
  return { enabled: said('enabled').replace('not-found', ''), active: said('active') };
}

/** Whether a unit is at rest and stays so after a reboot. */
export function saysOff(output: string): boolean {
  const { enabled, active } = both(output);
  return saysStopped(active) && ['disabled', 'masked'].includes(enabled);
}

/** Prints the states of a unit that may not be installed. */
export function seenScript(unit: string): string {
  return `if command -v systemctl >/dev/null; then systemctl show -p LoadState -p ActiveState -p UnitFileState ${quote(unit)}; fi`;
}

/** What these states mean. */
export function seen(unit: string, said: (key: string) => string | undefined): ServiceSeen {
  const [load, active, enabled] = ['LoadState', 'ActiveState', 'UnitFileState'].map((key) => said(key) || 'unknown');
  const usable = load === 'loaded';
  return {
    usable,
    ...(load === 'masked' && { remedy: `unmask it (\`systemctl unmask ${unit}\`)` }),
    running: active === 'active',
    stopped: saysStopped(active ?? ''),
    enabled: enabled === 'enabled',
    words: usable ? `${active}, ${enabled}` : (load ?? ''),
  };
}

/** Prints a variable of a unit's environment. */
export function variableScript(unit: string, name: string): string {
  return `systemctl show -p Environment --value ${quote(unit)} | tr ' ' '\\n' | sed -n 's/^${name}=//p' | head -n 1`;
}

/** Prints the program that a unit starts. */
export function programScript(unit: string): string {
  return `systemctl show -p ExecStart --value ${quote(unit)} | sed -n 's/.*path=\\([^ ;]*\\).*/\\1/p' | head -n 1`;
}

/** Prints the user as whom a unit runs. */
export function userScript(unit: string): string {
  return `systemctl show -p User --value ${quote(unit)}`;
}

/** Prints the last lines of a unit's journal. */
export function logScript(unit: string, lines: number): string {
  return `journalctl -u ${quote(unit)} -n ${lines} --no-pager -o cat 2>/dev/null`;
}

/** Units that a command names to systemctl. */
export function namedIn(command: string): string[] {
  const found = /\bsystemctl\s+(?:-\S+\s+)*(?:try-)?(?:re)?(?:start|load)(?:-or-\w+)?\s+([A-Za-z0-9:_.@ -]+)/.exec(
    command,
  );
  return (found?.[1] ?? '').split(/\s+/).filter((word) => word !== '' && !word.startsWith('-'));
}

/** Exits 0 when there is a unit of that name. */
export function isKnown(unit: string): string {
  return `systemctl cat ${quote(unit)} >/dev/null 2>&1`;
}
