import { randomBytes } from 'node:crypto';
import { familyOf } from '../../hosts/family';
import { quote, TEMPORARY_FOLDER } from '../../hosts/script';
import { crossPeers, hostRef, plannedNodes, type PlannedNode } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { readNodes } from '../../elasticsearch/looks/nodes';
import { nodesCa } from '../../elasticsearch/client/endpoints/secured';
import { loginOf } from '../../elasticsearch/client/login';
import { reachCluster } from '../../elasticsearch/looks/reach';
import type { Deps } from '../deps';
import { onEvery } from '../every';
import type { Scope } from '../../elasticsearch/scope';

/** Seconds after which a listener ends by itself, whatever becomes of the worker. */
const LISTENER_SECONDS = 300;

const listenerAt = (port: number) => `bigswitch-probe-${port}`;

/** What a node is recognised by: a running one by its name, a waiting one by a word that only its listener knows. */
export interface Expected {
  node: PlannedNode;
  word?: string;
}

/**
 * Asks every cross peer's real address, from every host, on both ports, and makes sure that it is the right host.
 * @returns the failures, one sentence each
 * @throws ApplicationFailure when a host can't be reached or a listener can't be opened or closed
 */
export async function probeRedirects(
  deps: Deps,
  scope: Scope,
  nodes = plannedNodes(scope.plan),
): Promise<{ pairs: number; failures: string[] }> {
  const close = () => onEvery(nodes, (node) => closeListeners(scope, node));
  const among = (host: string) =>
    crossPeers(scope.plan, host).filter((peer) => nodes.some((node) => node.host === peer.host));
  const failures = await askAll(deps, scope, nodes, among).catch(async (error: unknown) => {
    // What went wrong first is what is told; the listeners end by themselves in any case.
    await close().catch((second: Error) => deps.log.warn({ reason: second.message }, 'listeners were not closed'));
    throw error;
  });
  // Left open, they would hold the ports when Elasticsearch is started.
  await close();
  const pairs = nodes.reduce((sum, { host }) => sum + among(host).length, 0);
  return { pairs, failures };
}

async function askAll(
  deps: Deps,
  scope: Scope,
  nodes: PlannedNode[],
  among: (host: string) => PlannedNode[],
): Promise<string[]> {
  const known = await onEvery(nodes, async (node) => [node.host, await expectedOf(scope, node)] as const);
  const expected = new Map<string, Expected>(known);
  const login = await loginOf(scope.plan, deps.secrets);
  const ca = await nodesCa(scope, deps.secrets);
  const secrets = {
    LOGIN: login?.header ?? '',
    ...(ca !== undefined && { NODES_CA: ca }),
  };
  const failures = await onEvery(nodes, async ({ host }) => {
    deps.heartbeat({ probing: host });
    const peers = among(host).map((peer) => expected.get(peer.host) ?? { node: peer });
    const out = await scope.hosts.ask(hostRef(scope.plan, host), probeScript(scope.plan, peers), {
      secrets,
      timeoutSeconds: 60 + 25 * peers.length,
    });
    const lines = out.trim().split('\n');
    if (lines.at(-1) !== ASKED_ALL) return [`from ${host}: the probe ended early`];
    return lines.flatMap((line) => (line.startsWith('NO ') ? [`from ${host}: ${line.slice(3)}`] : []));
  });
  return failures.flat();
}

/**
 * Nodes among which redirects are proved: all of the plan, or these hosts and the members of the other side, which they have to
 * reach; a node that was lost there is none.
 */
export async function nodesToProve(scope: Scope, hosts: string[] | undefined): Promise<PlannedNode[]> {
  const nodes = plannedNodes(scope.plan);
  if (hosts === undefined) return nodes;
  const chosen = nodes.filter(({ host }) => hosts.includes(host));
  const { client } = await reachCluster(scope, 'new');
  const members = (await readNodes(client)).map(({ name }) => name);
  const isCross = ({ side }: PlannedNode) => chosen.some((node) => node.side !== side);
  return [
    ...chosen,
    ...nodes.filter((node) => isCross(node) && members.includes(node.nodeName) && !chosen.includes(node)),
  ];
}

/** A node that does not run yet gets a listener on its ports for a short time, which says a word of its own. */
async function expectedOf(scope: Scope, node: PlannedNode): Promise<Expected> {
  const { service, httpPort, transportPort } = scope.plan.elasticsearch;
  const ref = hostRef(scope.plan, node.host);
  const { services, jobs } = familyOf(ref);
  const running = await scope.hosts.read(ref, services.isRunning(service));
  if (running.code === 0) return { node };
  const word = `bigswitch-${randomBytes(8).toString('hex')}`;
  const open = [httpPort, transportPort].map(
    (port) => `${jobs.listener.close([listenerAt(port)])}
${jobs.listener.open({ name: listenerAt(port), seconds: LISTENER_SECONDS, address: node.address, port, command: `/bin/echo ${word}` })}
for i in 1 2 3 4 5 6 7 8 9 10; do
  ss -Hltn "src ${node.address} and sport = :${port}" | grep -q . && break
  sleep 0.2
done
${jobs.listener.isOpen(listenerAt(port))} && ss -Hltn "src ${node.address} and sport = :${port}" | grep -q . || {
  echo 'no listener could be opened at ${node.address}:${port} while ${service} is stopped; see what holds the port: ss -ltnp' >&2
  exit 1
}`,
  );
  await scope.hosts.ask(ref, `set -e\n${open.join('\n')}`);
  return { node, word };
}

async function closeListeners(scope: Scope, node: PlannedNode): Promise<void> {
  const { httpPort, transportPort } = scope.plan.elasticsearch;
  const ref = hostRef(scope.plan, node.host);
  await scope.hosts.ask(ref, familyOf(ref).jobs.listener.close([httpPort, transportPort].map(listenerAt)));
}

/** Last line of the probe's answer: without it the answer is not whole. */
const ASKED_ALL = 'ASKED ALL';

/** Bytes of an answer that are kept on the host that asks: who answers may be anybody. */
const LONGEST_ANSWER = 65_536;

const HAVE_CA = `${TEMPORARY_FOLDER}export NODES_CA_FILE=$TEMP/nodes-ca
printf '%s' "$NODES_CA" >"$NODES_CA_FILE"
`;

/** Bash and no other tool: curl is not on every node, and would obey a proxy set on the host. */
const WORD = `exec 3<>"/dev/tcp/$0/$1" && cat <&3`;
const CONNECT = `exec 3<>"/dev/tcp/$0/$1"`;
const NAME = `exec 3<>"/dev/tcp/$0/$1" || exit 1
[ -z "$LOGIN" ] || login="Authorization: $LOGIN"$'\\r\\n'
printf 'GET /_nodes/_local?filter_path=nodes.*.name HTTP/1.0\\r\\nHost: %s\\r\\n%s\\r\\n' "$0" "$login" >&3
cat <&3`;
/** Nobody is told the login who has not shown a certificate for this address. */
const NAME_BY_TLS = `[ -z "$LOGIN" ] || login="Authorization: $LOGIN"$'\\r\\n'
printf 'GET /_nodes/_local?filter_path=nodes.*.name HTTP/1.0\\r\\nHost: %s\\r\\n%s\\r\\n' "$0" "$login" |
  openssl s_client -quiet -connect "$0:$1" -CAfile "$NODES_CA_FILE" -verify_ip "$0" -verify_return_error`;

/**
 * sh script that asks each peer at its real address, and prints `NO …` for each that isn't what is expected. A login
 * comes as the shell variable LOGIN, as the header `Authorization` has it, and the CA of nodes that speak https as NODES_CA; they are never an argument.
 */
export function probeScript(plan: Plan, peers: Expected[]): string {
  const { https } = plan.elasticsearch;
  return `export LOGIN="\${LOGIN-}"
${https ? HAVE_CA : ''}say() { timeout 10 bash -c "$1" "$2" "$3" 2>/dev/null; }
hear() { say "$@" | head -c ${LONGEST_ANSWER} | tr -d '\\000'; }
${peers.map((peer) => probe(plan, peer)).join('\n')}
echo '${ASKED_ALL}'`;
}

function probe(plan: Plan, { node, word }: Expected): string {
  const { httpPort, https, transportPort } = plan.elasticsearch;
  const at = (port: number) => `${node.host} at ${node.address}:${port}`;
  if (word !== undefined) {
    return [httpPort, transportPort]
      .map(
        (port) =>
          `[ "$(hear ${quote(WORD)} ${node.address} ${port})" = ${word} ] || echo 'NO ${at(port)} did not answer as itself'`,
      )
      .join('\n');
  }
  return `case "$(hear ${quote(https ? NAME_BY_TLS : NAME)} ${node.address} ${httpPort})" in
  *'"name":"${node.nodeName}"'*) ;;
  *) echo 'NO ${at(httpPort)} (http) did not answer with the name ${node.nodeName}' ;;
esac
say ${quote(CONNECT)} ${node.address} ${transportPort} || echo 'NO ${at(transportPort)} (transport) took no connection'`;
}
