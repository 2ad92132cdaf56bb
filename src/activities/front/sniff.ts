/** A front as clients that sniff are told of it. */
export interface SniffedFront {
  name: string;
  /** `address:port` on which the front listens. */
  address: string;
}

/**
 * The requests by which clients ask for the addresses of all nodes, each as HAProxy's condition: those of every client
 * with the list in its path, and elasticsearch-php's, which asks for everything there is to know.
 */
export const SNIFFS = [
  `{ path -m reg '^/+_nodes/(_all/)?(http|http,settings|settings,http)/?$' }`,
  `{ path /_nodes/ } { req.hdr(user-agent) -m beg elasticsearch-php/ }`,
];

/**
 * What Elasticsearch would say to a client that asks for the addresses of all nodes, with the fronts in place of the
 * nodes: else it would go past the fronts. Every front leads to every node, so each is good for whatever a client looks
 * for. Nothing in it is secret: clients ask without a login.
 * @param version of Elasticsearch; clients choose by it how to read the rest
 */
export function sniffAnswer(clusterName: string, version: string, fronts: SniffedFront[]): string {
  const nodes = fronts.map(({ name, address }) => {
    const ip = address.replace(/:\d+$/, '');
    const http = { bound_address: [address], publish_address: address };
    const roles = ['data', 'ingest', 'master'];
    return [
      name,
      { name, transport_address: address, host: ip, ip, version, roles, attributes: {}, settings: {}, http },
    ];
  });
  const total = fronts.length;
  return JSON.stringify({
    _nodes: { total, successful: total, failed: 0 },
    cluster_name: clusterName,
    nodes: Object.fromEntries(nodes) as Record<string, unknown>,
  });
}
