import type { NodeHost, Plan } from '../../plan/schema';

/** Our own file beside the packaged one, read by the packaged unit. */
export const FRONT_CONFIG = '/etc/haproxy/bigswitch.cfg';
/** Drop-in that makes the packaged unit read it. */
export const FRONT_DROP_IN = '/etc/systemd/system/haproxy.service.d/bigswitch.conf';
/** Folder with links to the operator's certificate and key, under names by which HAProxy finds the pair. */
export const FRONT_CERTIFICATES = '/etc/haproxy/bigswitch';

/** The suites of Mozilla's "intermediate" profile: forward secrecy and AEAD only. */
const CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** A front as its configuration needs it; tests run it on other addresses and files. */
export interface FrontSettings {
  /** Address and port on which it listens. */
  bind: string;
  /** PEM with the certificate chain; its key is looked for under the same name with `.key` added. */
  certificate: string;
  /** Nodes behind it, each a name and `address:port`. */
  nodes: { name: string; address: string }[];
  /**
   * User and SHA-512 crypt hash for basic auth. Absent where the cluster has users of its own: then they log in with
   * those, Elasticsearch judges, and apps don't get a user that can do more than theirs.
   */
  user?: { name: string; hash: string };
}

/** The front of one new host. */
export function frontSettings(plan: Plan, host: NodeHost, hash: string | undefined): FrontSettings {
  return {
    bind: `${host.address}:${plan.front.port}`,
    certificate: `${FRONT_CERTIFICATES}/front.pem`,
    nodes: plan.hosts.new.map((node) => ({
      name: node.nodeName ?? node.name,
      address: `${node.address}:${plan.elasticsearch.httpPort}`,
    })),
    ...(hash === undefined ? {} : { user: { name: plan.front.auth.username, hash } }),
  };
}

const USERS = 'bigswitch-users';

/**
 * HAProxy's configuration of a front: TLS from 1.2 on, basic auth, a health check of each node by itself, all new nodes
 * behind every front; when every check fails, they are asked all the same. Written for HAProxy 2.2 (Debian 11) and later;
 * see docs/decisions/0005-front.md.
 */
export function frontConfig({ bind, certificate, nodes, user }: FrontSettings): string {
  // Where Elasticsearch asks for a user, a 401 to the health check proves that the node is up.
  const healthy = user ? 'expect status 200' : 'expect rstatus ^(200|401)$';
  return `# The front of this node's cluster: TLS and basic auth. Written by bigswitch; it holds a password hash, so root only.
# After a change: systemctl reload haproxy (connections go on).
global
    # A worker that a reload replaced ends at the latest then, whatever is still open.
    hard-stop-after 15m
${user ? `\nuserlist ${USERS}\n    user ${user.name} password ${user.hash}\n` : ''}
defaults
    mode http
    timeout connect 5s
    timeout http-request 60s
    timeout queue 60s
    # Snapshots, reindexing and slow searches answer late.
    timeout client 10m
    timeout server 10m
    timeout http-keep-alive 10m
    option http-keep-alive
    # Only a connection that was never made is tried again: a write is never sent twice.
    retries 3
    retry-on conn-failure
    option redispatch 1

frontend bigswitch-front
    bind ${bind} ssl crt ${certificate} ssl-min-ver TLSv1.2 no-tls-tickets alpn http/1.1 ciphers ${CIPHERS}
${
  user
    ? `    http-request auth realm elasticsearch unless { http_auth(${USERS}) }
    http-request del-header Authorization
`
    : ''
}    default_backend bigswitch-nodes

backend bigswitch-nodes
    balance leastconn
    option httpchk GET /_cluster/health?local=true
    http-check ${healthy}
    # A long garbage collection is no death; a node that is gone refuses at once.
    timeout check 5s
    default-server check inter 2s fastinter 500ms downinter 1s fall 3 rise 2
${nodes.map((node) => `    server ${node.name} ${node.address}\n`).join('')}
    # Where every check fails, as when the whole cluster is too busy to answer them, slow is better than refused.
    option allbackups
${nodes.map((node) => `    server ${node.name}-unchecked ${node.address} no-check backup\n`).join('')}`;
}

/** Where the service lets its master be asked. */
export const MASTER_SOCKET = '/run/haproxy-master.sock';

/** Drop-in for the packaged unit: the packaged configuration first, then ours. */
export function frontDropIn(): string {
  return `# Makes HAProxy read the front of bigswitch after its own configuration.
[Service]
Environment="EXTRAOPTS=-S ${MASTER_SOCKET} -f ${FRONT_CONFIG}"
`;
}
