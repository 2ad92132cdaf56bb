import { quote } from '../../script';
import type { Jobs, ListenerInput } from '../jobs';

/** Transient units of systemd: they end with their time, and nothing of them is left. */
export const jobs: Jobs = {
  commands: ['systemd-run'],
  timer: {
    // The timer's default accuracy of a minute would be too coarse.
    arm: ({ name, seconds, script }) =>
      `systemd-run --quiet --collect --unit=${name} --on-active=${seconds} --timer-property=AccuracySec=1s /bin/sh -c ${quote(script)}`,
    disarm: (name) => stopped(`${name}.timer ${name}.service`),
    isArmed: (name) => `systemctl is-active --quiet ${name}.timer`,
  },
  listener: {
    open: ({ name, seconds, ...input }) =>
      `systemd-run --quiet --collect --unit=${name} -p RuntimeMaxSec=${seconds} \\\n  ${listening(input)}`,
    close: (names) => stopped(names.map((name) => `${name}.service`).join(' ')),
    isOpen: (name) => `systemctl is-active --quiet ${name}.service`,
    here: listening,
  },
};

function stopped(units: string): string {
  return `systemctl stop ${units} 2>/dev/null || true
systemctl reset-failed ${units} 2>/dev/null || true`;
}

function listening({ address, port, command }: ListenerInput): string {
  return `systemd-socket-activate --accept --inetd --listen=${address}:${port} ${command}`;
}
