import { exec } from '../docker';
import { hostsOf } from '../layout';
import { appConfigPath } from '../provision';
import type { LabState } from '../types';

/** Where an app's configuration and its connections lead. */
export interface AppPlaces {
  host: string;
  /** Endpoints that its configuration names. */
  endpoints: string[];
  /** Established connections to nodes, as `address:port`. */
  peers: string[];
}

/** Number of old hosts on which an Elasticsearch process really runs, whatever its service says. */
export async function countOldNodes(lab: LabState): Promise<number> {
  const script = "pgrep -f '[o]rg.elasticsearch.bootstrap|[o]rg.elasticsearch.server' | wc -l";
  const counts = await Promise.all(
    hostsOf(lab.hosts, 'old').map(async (host) => Number(await exec(host, script, { dockerHost: lab.dockerHost }))),
  );
  if (counts.some((count) => !Number.isInteger(count))) throw new Error('can’t count the processes on an old host');
  return counts.filter((count) => count > 0).length;
}

/** Reads where each app leads. The configuration holds a password: only its endpoints leave the host. */
export async function appPlaces(lab: LabState): Promise<AppPlaces[]> {
  return Promise.all(
    hostsOf(lab.hosts, 'app').map(async (host) => {
      const script = [
        'set -eu',
        `grep -v '^ *#' '${appConfigPath(host)}' | grep -oE 'https?://[A-Za-z0-9.:_-]+' | sort -u`,
        'echo --',
        "ss -Htn state established | awk '{ print $4 }' | sort -u",
      ].join('\n');
      const [endpoints = '', peers = ''] = (await exec(host, script, { dockerHost: lab.dockerHost })).split('--');
      const lines = (text: string) => text.split('\n').filter((line) => line !== '');
      return {
        host: host.name,
        endpoints: lines(endpoints),
        peers: lines(peers).map((peer) => peer.replace(/^\[::ffff:(.*)\]/, '$1')),
      };
    }),
  );
}

/** Why an app counts as not on the fronts; nothing when every app is. */
export function offFronts(places: AppPlaces[], lab: Pick<LabState, 'hosts'>): string[] {
  const addresses = (role: 'old' | 'new') => hostsOf(lab.hosts, role).map((host) => host.addresses[role] ?? '');
  const [old, fresh] = [addresses('old'), addresses('new')];
  return places.flatMap(({ host, endpoints, peers }) => {
    const reasons: string[] = [];
    if (endpoints.length === 0) reasons.push('names no endpoint');
    for (const endpoint of endpoints) {
      const url = new URL(endpoint);
      if (url.protocol !== 'https:' || !fresh.includes(url.hostname)) reasons.push(`names ${endpoint}`);
    }
    const address = (peer: string) => peer.slice(0, peer.lastIndexOf(':'));
    const stray = peers.filter(
      (peer) => old.includes(address(peer)) || (fresh.includes(address(peer)) && /:9[23]00$/.test(peer)),
    );
    for (const peer of stray) reasons.push(`is connected to ${peer}`);
    if (!peers.some((peer) => fresh.includes(address(peer)))) reasons.push('has no connection to any front');
    return reasons.map((reason) => `${host} ${reason}`);
  });
}
