import pMap from 'p-map';
import { exec } from '../docker';
import type { LabHost, LabState } from '../types';
import { SNAPSHOT_SCRIPT } from './snapshot-script';

/** State of one host, by what it is about. */
export type HostSnapshot = Record<string, string>;
/** State of every host, by its name. */
export type Snapshot = Record<string, HostSnapshot>;

/** Something that is not as it was. */
export interface Difference {
  host: string;
  what: string;
  before?: string;
  after?: string;
}

/** Hosts that are looked at side by side: the machine has few processors. */
const SIDE_BY_SIDE = 3;
/** So often a host is looked at before it counts as one that can't be. */
const LOOKS = 3;
/** Docker's own name server in a container listens on other ports after each start. */
const DOCKER_DNS = /127\.0\.0\.11/;

/**
 * Reads what the snapshot script printed. Lines that are there twice are counted, so that a doubled rule is seen.
 * @throws Error when it did not come to its end
 */
export function parseSnapshot(text: string): HostSnapshot {
  const snapshot: HostSnapshot = {};
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines.pop() !== 'end\tcomplete') throw new Error('the snapshot did not come to its end');
  for (const line of lines) {
    const tab = line.indexOf('\t');
    if (tab < 0) throw new Error(`a line of the snapshot has no value: ${line}`);
    const key = stable(line.slice(0, tab));
    const value = line.slice(tab + 1).trim();
    let unique = key;
    for (let time = 2; unique in snapshot; time++) unique = `${key} (${time})`;
    snapshot[unique] = value;
  }
  return snapshot;
}

function stable(key: string): string {
  if (!DOCKER_DNS.test(key)) return key;
  return key.replace(/127\.0\.0\.11(\/32)?:\d+/g, '127.0.0.11:*').replace(/--[sd]port \d+/g, '--port *');
}

/**
 * Looks at every host of the lab, through the engine and not through SSH; changes nothing.
 * @throws Error that names the host that can't be looked at
 */
export async function snapshotHosts(lab: LabState): Promise<Snapshot> {
  const taken = await pMap(
    lab.hosts,
    async (host) => {
      return [host.name, await snapshotHost(host, lab.dockerHost)] as const;
    },
    { concurrency: SIDE_BY_SIDE },
  );
  return Object.fromEntries(taken);
}

/** On a busy machine a host's systemd may answer too late; a look that was not complete is taken again, never half used. */
async function snapshotHost(host: LabHost, dockerHost: string | undefined): Promise<HostSnapshot> {
  for (let attempt = 1; ; attempt++) {
    try {
      return parseSnapshot(`${await exec(host, SNAPSHOT_SCRIPT, { dockerHost })}\n`);
    } catch (error) {
      // The beginning of the message: its rest is all that was printed so far.
      const why = (error instanceof Error ? error.message : String(error)).slice(0, 300);
      if (attempt === LOOKS) throw new Error(`can't take the snapshot of ${host.name}: ${why}`);
    }
  }
}

/** Everything that is not the same in two snapshots, in the order of hosts and names. */
export function differences(before: Snapshot, after: Snapshot): Difference[] {
  const hosts = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return hosts.flatMap((host) => {
    const [was = {}, is = {}] = [before[host], after[host]];
    return [...new Set([...Object.keys(was), ...Object.keys(is)])]
      .filter((what) => was[what] !== is[what])
      .sort()
      .map((what) => ({ host, what, before: was[what], after: is[what] }));
  });
}
