import type { Client } from '@elastic/elasticsearch';
import type { Check } from '../../../contract/evidence';
import { readFollowers, readRemotes } from '../../../elasticsearch/looks/remotes';
import { listIn, type ClusterSettings } from '../../../elasticsearch/settings/settings';
import { list } from '../../../text/format';
import { judged, warned } from '../check';
import type { NodeKind, Sides } from './node-kinds';

/** Where another cluster's address stands. */
const ADDRESS = /^cluster\.remote\.(.+)\.(seeds|proxy_address)$/;

/**
 * Tells which other clusters are searched or followed from here, and where: a new node has to reach each. Who searches or follows
 * this cluster is not known to it.
 */
export async function remoteChecks(client: Client, settings: ClusterSettings, { old, fresh }: Sides): Promise<Check[]> {
  const [remotes, followers] = await Promise.all([readRemotes(client), readFollowers(client)]);
  const said = [...old.map((node) => node.settings), settings.persistent, settings.transient];
  for (const [key, value] of said.flatMap((all) => Object.entries(all))) {
    const [, name] = ADDRESS.exec(key) ?? [];
    if (name !== undefined) remotes.set(name, [...(remotes.get(name) ?? []), ...listIn(value)]);
  }
  for (const { cluster } of followers) remotes.set(cluster, remotes.get(cluster) ?? []);
  const found = [...remotes]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, addresses]) => remote(name, [...new Set(addresses)].sort(), fresh, followersOf(name)));
  return judged('remote-clusters', found, 'no other cluster is searched or followed from here');

  function followersOf(name: string): string[] {
    return followers.filter(({ cluster }) => cluster === name).map(({ index }) => index);
  }
}

function remote(name: string, addresses: string[], fresh: NodeKind[], followers: string[]): Check {
  const hosts = fresh.filter(({ roles }) => roles.includes('remote_cluster_client')).map(({ host }) => host);
  const where = addresses.length > 0 ? list(addresses) : 'an address that was not seen';
  const follow = followers.length > 0 ? `, and followed by ${list(followers)}` : '';
  const seen = `it is searched from here${follow}, at ${where}: new nodes have to reach it there, and it them where it follows this cluster`;
  const from = hosts.length > 0 ? list(hosts) : 'each new host';
  const remedy = `see from ${from} that these addresses, and what their nodes publish, can be reached; and give those who search or follow this cluster the new nodes' addresses`;
  return warned('remote-clusters', name, seen, remedy);
}
