import { randomBytes } from 'node:crypto';
import pMap from 'p-map';
import { crossPeers, hostRef, plannedNodes, type PlannedNode } from '../plan/hosts';
import type { Plan } from '../plan/schema';
import type { Deps, Scope } from './deps';

/** Hosts that are worked on side by side. */
const SIDE_BY_SIDE = 16;
/** Seconds after which a listener ends by itself, whatever becomes of the worker. */
const LISTENER_SECONDS = 300;

const unit = (port: number) => `bigswitch-probe-${port}`;

/** What a node is recognised by: a running one by its name, a waiting one by a word that only its listener knows. */
interface Expected {
  node: PlannedNode;
  word?: string;
}

/**
 * Asks every cross peer's real address, from every host, on both ports, and makes sure that it is the right host.
 * @returns the failures, one sentence each
 */
export async function probeRedirects(deps: Deps, scope: Scope): Promise<{ pairs: number; failures: string[] }> {
  const nodes = plannedNodes(scope.plan);
  try {
    const expected = new Map<string, Expected>(
      await pMap(nodes, async (node) => [node.host, await expectedOf(scope, node)] as const, {
        concurrency: SIDE_BY_SIDE,
      }),
    );
    const failures = await pMap(
      nodes,
      async ({ host }) => {
        deps.heartbeat({ probing: host });
        const peers = crossPeers(scope.plan, host).map((peer) => expected.get(peer.host) ?? { node: peer });
        const script = peers.map((peer) => probe(scope.plan, peer)).join('\n');
        const out = await scope.hosts.ask(hostRef(scope.plan, host), `${FUNCTIONS}\n${script}`, {
          timeoutSeconds: 60 + 25 * peers.length,
        });
        return out.split('\n').flatMap((line) => (line.startsWith('NO ') ? [`from ${host}: ${line.slice(3)}`] : []));
      },
      { concurrency: SIDE_BY_SIDE },
    );
    const pairs = nodes.reduce((sum, { host }) => sum + crossPeers(scope.plan, host).length, 0);
    return { pairs, failures: failures.flat() };
  } finally {
    await pMap(nodes, (node) => closeListeners(scope, node), { concurrency: SIDE_BY_SIDE });
  }
}

/** A node that does not run yet gets a listener on its ports for a short time, which says a word of its own. */
async function expectedOf(scope: Scope, node: PlannedNode): Promise<Expected> {
  const { service, httpPort, transportPort } = scope.plan.elasticsearch;
  const ref = hostRef(scope.plan, node.host);
  const running = await scope.hosts.read(ref, `systemctl is-active --quiet ${service}`);
  if (running.code === 0) return { node };
  const word = `bigswitch-${randomBytes(8).toString('hex')}`;
  const open = [httpPort, transportPort].map(
    (port) => `systemctl stop ${unit(port)}.service 2>/dev/null || true
systemctl reset-failed ${unit(port)}.service 2>/dev/null || true
systemd-run --quiet --collect --unit=${unit(port)} -p RuntimeMaxSec=${LISTENER_SECONDS} \\
  systemd-socket-activate --accept --inetd --listen=${node.address}:${port} /bin/echo ${word}
for i in 1 2 3 4 5 6 7 8 9 10; do
  ss -Hltn "src ${node.address} and sport = :${port}" | grep -q . && break
  sleep 0.2
done
ss -Hltn "src ${node.address} and sport = :${port}" | grep -q .`,
  );
  await scope.hosts.ask(ref, `set -e\n${open.join('\n')}`);
  return { node, word };
}

async function closeListeners(scope: Scope, node: PlannedNode): Promise<void> {
  const { httpPort, transportPort } = scope.plan.elasticsearch;
  const units = [httpPort, transportPort].map((port) => `${unit(port)}.service`).join(' ');
  await scope.hosts.ask(
    hostRef(scope.plan, node.host),
    `systemctl stop ${units} 2>/dev/null || true; systemctl reset-failed ${units} 2>/dev/null || true`,
  );
}

const FUNCTIONS = `
say() { timeout 10 bash -c 'exec 3<>"/dev/tcp/$0/$1" && { if [ -n "$2" ]; then cat <&3; fi; }' "$1" "$2" "$3" 2>/dev/null; }
no() { echo "NO $1"; }
`;

function probe(plan: Plan, { node, word }: Expected): string {
  const { httpPort, transportPort } = plan.elasticsearch;
  const at = (port: number) => `${node.host} at ${node.address}:${port}`;
  if (word !== undefined) {
    return [httpPort, transportPort]
      .map((port) => `[ "$(say ${node.address} ${port} word)" = ${word} ] || no '${at(port)} did not answer as itself'`)
      .join('\n');
  }
  const url = `http://${node.address}:${httpPort}/_nodes/_local?filter_path=nodes.*.name`;
  // With security on, the refusal is an answer too: the worker's own requests prove the rest.
  return `answer=$(curl -s --max-time 10 -w ' %{http_code}' '${url}') || answer=none
case "$answer" in
  *'"name":"${node.nodeName}"'*' 200' | *' 401' | *' 403') ;;
  *) no '${at(httpPort)} (http) did not answer as itself' ;;
esac
say ${node.address} ${transportPort} '' || no '${at(transportPort)} (transport) took no connection'`;
}
