import { familyOf } from '../../hosts/family';
import { hostRef } from '../../plan/hosts';
import type { NodeHost, Plan } from '../../plan/schema';
import { SNIFFS, sniffAnswer, type SniffedFront } from './sniff';
import { haproxyWords, showHaproxyVersion, type HaproxyVersion } from './version';

/** Our own file beside the packaged one, read by the packaged unit. */
export const FRONT_CONFIG = '/etc/haproxy/bigswitch.cfg';
/** Folder with links to the operator's certificate and key, under names by which HAProxy finds the pair. */
export const FRONT_CERTIFICATES = '/etc/haproxy/bigswitch';
/** CAs of the nodes' certificates, where nodes speak https. */
export const NODES_CA = `${FRONT_CERTIFICATES}/nodes-ca.pem`;

/** The suites of Mozilla's "intermediate" profile: forward secrecy and AEAD only. */
const CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** Bytes that the head of a request or a response may have on its way through a front, and how many header fields. */
export const FRONT_HEAD = { bytes: 65_536, fields: 1024 };

/** Response headers as Elasticsearch writes them, where that is not in small letters. */
const SPELLINGS = ['X-elastic-product', 'Warning', 'Location', 'X-Opaque-Id', 'Allow', 'WWW-Authenticate'];

/** A node behind a front. */
export interface FrontNode {
  name: string;
  /** `address:port` of its http. */
  address: string;
}

/** A front as its configuration needs it; tests run it on other addresses and files. */
export interface FrontSettings {
  /** The host's HAProxy, whose words are used. */
  haproxy: HaproxyVersion;
  /** Command by which a person has it read anew. */
  reload: string;
  /** Address and port on which it listens. */
  bind: string;
  /** PEM with the certificate chain; its key is looked for under the same name with `.key` added. */
  certificate: string;
  /** Nodes behind it; the first is the front's own. */
  nodes: [FrontNode, ...FrontNode[]];
  /** File with the CAs of their certificates, where they speak https. */
  nodesCa?: string;
  /** The cluster as clients that sniff are told of it. */
  cluster: { name: string; version: string; fronts: SniffedFront[] };
  /**
   * User and SHA-512 crypt hash for basic auth. Absent where the cluster has users of its own: then they log in with
   * those, Elasticsearch judges, and apps don't get a user that can do more than theirs.
   */
  user?: { name: string; hash: string };
}

/** What a front takes from its host and its cluster, since no plan has it. */
export interface FrontLook {
  haproxy: HaproxyVersion;
  /** Version of Elasticsearch. */
  elasticsearch: string;
  /** Hash of the front's password; absent where the cluster judges its own users. */
  hash?: string;
  /** PEM of the CAs of the nodes' certificates; absent where they speak plain http. */
  nodesCa?: string;
}

/** The front of one new host. */
export function frontSettings(plan: Plan, host: NodeHost, { haproxy, elasticsearch, hash }: FrontLook): FrontSettings {
  const { clusterName, httpPort, https } = plan.elasticsearch;
  const { services, software } = familyOf(hostRef(plan, host.name));
  const nameOf = (node: NodeHost) => node.nodeName ?? node.name;
  const behind = (node: NodeHost): FrontNode => ({ name: nameOf(node), address: `${node.address}:${httpPort}` });
  const others = plan.hosts.new.filter((node) => node.name !== host.name);
  return {
    haproxy,
    reload: services.byHand.reload(software.haproxy.unit),
    bind: `${host.address}:${plan.front.port}`,
    certificate: `${FRONT_CERTIFICATES}/front.pem`,
    nodes: [behind(host), ...others.map(behind)],
    ...(https && { nodesCa: NODES_CA }),
    cluster: {
      name: clusterName,
      version: elasticsearch,
      fronts: plan.hosts.new.map((node) => ({ name: nameOf(node), address: `${node.address}:${plan.front.port}` })),
    },
    ...(hash === undefined ? {} : { user: { name: plan.front.auth.username, hash } }),
  };
}

const USERS = 'bigswitch-users';

/**
 * HAProxy's configuration of a front: TLS from 1.2 on, basic auth, a health check of each node by itself, all new nodes
 * behind every front; when every check fails, they are asked all the same. Whatever a client may say to Elasticsearch it
 * may say to a front, and gets the same answer. See docs/decisions/0005-front.md and 0026-front-as-elasticsearch.md.
 * @throws Error for a version of HAProxy that can't be a front
 */
export function frontConfig(settings: FrontSettings): string {
  const { user, haproxy, reload } = settings;
  const words = haproxyWords(haproxy);
  return `# The front of this node's cluster: TLS and basic auth. Written by bigswitch for HAProxy ${showHaproxyVersion(haproxy)}; it holds a
# password hash, so root only. After a change: ${reload} (connections and requests go on).
${words.lacks.map((what) => `# Fronts of this version: ${what}.\n`).join('')}global
    # Elasticsearch sends one Warning header for each deprecated thing in a request, without a limit.
    tune.bufsize ${FRONT_HEAD.bytes}
    tune.http.maxhdr ${FRONT_HEAD.fields}
    # Some clients look for Elasticsearch's own spelling of its headers.
${SPELLINGS.map((name) => `    h1-case-adjust ${name.toLowerCase()} ${name}\n`).join('')}    # A worker that a reload replaced ends at the latest then: later than any request may.
    hard-stop-after 25h
${user ? `\nuserlist ${USERS}\n    user ${user.name} password ${user.hash}\n` : ''}
defaults
    mode http
    timeout connect 5s
    # Elasticsearch ends neither a request nor a connection by itself: reindexing takes hours, a pool sleeps all night.
    timeout client 24h
    timeout server 24h
    timeout http-request 24h
    timeout http-keep-alive 24h
    timeout queue 60s
    # So the kernel has to find out who is gone.
    option clitcpka
    option srvtcpka
${words.keepaliveTimes ? KEEPALIVE_TIMES : ''}    option http-keep-alive
    # A search ends when its client goes away.
    option abortonclose
${words.idleCloseOnResponse ? IDLE_CLOSE : ''}    # Only a connection that was never made is tried again: a write is never sent twice.
    retries 3
    retry-on conn-failure
    option redispatch 1

${frontend(settings)}
${backend(settings)}`;
}

const KEEPALIVE_TIMES = ['clitcpka', 'srvtcpka']
  .map((who) => `    ${who}-idle 2m\n    ${who}-intvl 30s\n    ${who}-cnt 4\n`)
  .join('');

const IDLE_CLOSE = `    # A reload or a stop closes a connection with its next answer, never while a request may be on its way.
    option idle-close-on-response
`;

function frontend({ bind, certificate, cluster, user }: FrontSettings): string {
  // HAProxy takes whatever stands between single quotes as it is.
  const nodes = sniffAnswer(cluster.name, cluster.version, cluster.fronts).replaceAll("'", '\\u0027');
  const json = `content-type 'application/json; charset=UTF-8' hdr X-elastic-product Elasticsearch`;
  return `frontend bigswitch-front
    bind ${bind} ssl crt ${certificate} ssl-min-ver TLSv1.2 no-tls-tickets alpn http/1.1 ciphers ${CIPHERS}
    option h1-case-adjust-bogus-client
    # Who asks for all nodes, as clients that sniff do, often without a login, is told of the fronts.
    http-request return status 200 ${json} string '${nodes}' if ${SNIFFS.map((sniff) => `METH_GET ${sniff}`).join(' or ')}
${
  user
    ? `    # A browser never sends a login with the question whether it may ask.
    http-request auth realm elasticsearch unless { http_auth(${USERS}) } or { method OPTIONS } { req.hdr(Origin) -m found } { req.hdr(Access-Control-Request-Method) -m found }
    http-request del-header Authorization
`
    : ''
}    default_backend bigswitch-nodes
`;
}

function backend({ nodes, nodesCa, user }: FrontSettings): string {
  // Where Elasticsearch asks for a user, a 401 to the health check proves that the node is up.
  const healthy = user ? 'expect status 200' : 'expect rstatus ^(200|401)$';
  const [own] = nodes;
  return `backend bigswitch-nodes
    balance leastconn
    # What is asked of "this node" is asked of the front's own: monitors look at each node in turn.
    acl names-local path,url_dec -m reg '^/+_.*[/,]_local([/,]|$)'
    acl wants-local url,url_dec -m reg '[?&](preference|nodes?|node_id)=([^&]*[,|])?_(only_)?local([,&|]|$)|[?&]local(=|=true)?(&|$)'
    acl tells-itself path / /_prometheus/metrics /_ssl/certificates
    # Another node's figures under this one's name would be worse than none.
    http-request return status 503 content-type application/json string '{"error":"this node is down","status":503}' if names-local !{ srv_is_up(bigswitch-nodes/${own.name}) }
    use-server ${own.name} if names-local or wants-local or tells-itself
    option httpchk GET /_cluster/health?local=true
    http-check ${healthy}
    # A long garbage collection is no death; a node that is gone refuses at once.
    timeout check 5s
    default-server check inter 2s fastinter 500ms downinter 1s fall 3 rise 2${nodesCa === undefined ? '' : ` ssl verify required ca-file ${nodesCa}`}
${nodes.map((node) => `    server ${node.name} ${node.address}\n`).join('')}
    # Where every check fails, as when the whole cluster is too busy to answer them, slow is better than refused.
    option allbackups
${nodes.map((node) => `    server ${node.name}-unchecked ${node.address} no-check backup\n`).join('')}`;
}
