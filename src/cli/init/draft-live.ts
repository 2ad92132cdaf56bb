import type { LiveCluster } from '../../elasticsearch/looks/live-cluster';
import type { NamedAddress } from '../../plan/draft';

/** Whether the live cluster is read by https. */
export function isHttps(from = ''): boolean {
  return /^https:/i.test(from);
}

/** The plan's old hosts, as the cluster's nodes name and publish themselves. */
export function oldHostsOf({ nodes }: LiveCluster): NamedAddress[] {
  const taken = new Set<string>();
  return nodes.map((node, i) => {
    let name = hostName(node.name) || `old-${i + 1}`;
    if (taken.has(name)) name = `${name}-${i + 1}`;
    taken.add(name);
    return { name, address: hostOf(node.transport), ...(name !== node.name && { nodeName: node.name }) };
  });
}

/** Ports of the http and transport API. @throws Error when not all nodes have the same */
export function portsOf({ nodes }: LiveCluster): { http: number; transport: number } {
  const one = (what: string, published: string[]) => {
    const ports = [...new Set(published.map((address) => address.slice(address.lastIndexOf(':') + 1)))];
    if (ports.length !== 1) {
      throw new Error(`the nodes have different ${what} ports (${ports.join(', ')}); bigswitch needs the same on all`);
    }
    return Number(ports[0]);
  };
  return {
    http: one(
      'http',
      nodes.map((node) => node.http),
    ),
    transport: one(
      'transport',
      nodes.map((node) => node.transport),
    ),
  };
}

/**
 * What would stop or endanger a migration, in plain words, by index and node, each with what to do. Preflight looks at much
 * more; this is what can be told before there is a plan.
 * @param newNodes how many new nodes there are to be
 * @param from address by which it was read: what answers https may be a proxy, or the nodes themselves
 */
export function risksOf({ status, nodes, indices }: LiveCluster, newNodes: number, from = ''): string[] {
  const versions = [...new Set(nodes.map((node) => node.version))].sort();
  const wide = indices.filter(({ copies }) => copies > newNodes);
  return [
    ...(isHttps(from)
      ? [
          'the cluster was read by https: if a proxy answered, and the nodes themselves answer http, take elasticsearch.https out',
        ]
      : []),
    ...(status === 'green' ? [] : [`the cluster is ${status}: make it green before the migration`]),
    ...indices
      .filter(({ missing }) => missing > 0)
      .map(
        ({ name, missing }) =>
          `index ${name} lacks ${missing} started ${missing === 1 ? 'copy' : 'copies'}: find out why`,
      ),
    ...(versions.length === 1 ? [] : [`nodes have different versions (${versions.join(', ')}): bring all to one`]),
    ...wide.map(
      ({ name, copies }) =>
        `index ${name} has ${copies} copies of each shard, and there are ${newNodes} new nodes: ` +
        `set indices."${name}".replicas: ${newNodes - 1}, or add new hosts`,
    ),
    ...indices
      .filter(({ open }) => !open)
      .map(({ name }) => `index ${name} is closed: open or delete it before the migration`),
  ];
}

/** A name that a plan takes for a host: lower-case letters, digits and hyphens. */
export function hostName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-|-$/g, '');
}

function hostOf(published: string): string {
  return published.slice(0, published.lastIndexOf(':'));
}
