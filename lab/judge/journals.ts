import { exec } from '../docker';
import { hostsOf } from '../layout';
import type { LabState } from '../types';

/** What systemd writes when a unit has been started, and when it begins to stop one (SD_MESSAGE_UNIT_…). */
const MESSAGES = {
  started: '39f53479d3a045ac8e11786248231fbf',
  stopping: 'de5b426a63be47a7b6ac3eaac82e2f6f',
} as const;

/** A start or a stop of a service on a host. */
export interface UnitEvent {
  host: string;
  what: keyof typeof MESSAGES;
  /** Milliseconds since the epoch. */
  at: number;
}

/**
 * Every start and stop of a service on each host of a role, by the hosts' journals, oldest first.
 * @throws Error when a journal doesn't even tell the start that there must have been (on new hosts there may be none)
 */
export async function unitEvents(lab: LabState, role: 'old' | 'new' | 'app', unit: string): Promise<UnitEvent[]> {
  // Matches of the same field are alternatives.
  const matches = Object.values(MESSAGES).map((id) => `MESSAGE_ID=${id}`);
  const script = `journalctl -q -u ${unit} ${matches.join(' ')} -o json --output-fields=MESSAGE_ID`;
  const events = await Promise.all(
    hostsOf(lab.hosts, role).map(async (host) => {
      const journal = await exec(host, script, { dockerHost: lab.dockerHost });
      const found = parseEvents(host.name, journal);
      if (role !== 'new' && !found.some(({ what }) => what === 'started')) {
        throw new Error(`the journal of ${host.name} does not tell when its service was started`);
      }
      return found;
    }),
  );
  return events.flat();
}

/** Reads a journal as `journalctl -o json` prints it. @throws Error when a line is not one of ours */
export function parseEvents(host: string, journal: string): UnitEvent[] {
  return journal
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const entry = JSON.parse(line) as { __REALTIME_TIMESTAMP?: string; MESSAGE_ID?: string };
      const at = Number(entry.__REALTIME_TIMESTAMP) / 1000;
      const [what] = (Object.keys(MESSAGES) as (keyof typeof MESSAGES)[]).filter(
        (each) => MESSAGES[each] === entry.MESSAGE_ID,
      );
      if (!Number.isFinite(at) || what === undefined) {
        throw new Error(`the journal of ${host} has a line that can't be understood: ${line.slice(0, 200)}`);
      }
      return { host, what, at };
    })
    .sort((a, b) => a.at - b.at);
}

/** How often each of these hosts had its service started from a moment on. */
export function startsSince(events: UnitEvent[], hosts: string[], from: number): Record<string, number> {
  const count = (host: string) =>
    events.filter((event) => event.host === host && event.what === 'started' && event.at >= from).length;
  return Object.fromEntries(hosts.map((host) => [host, count(host)]));
}
