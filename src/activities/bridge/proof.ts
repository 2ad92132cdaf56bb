import { randomBytes } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import pMap from 'p-map';
import type { BridgeFacts } from '../../contract/activities';
import { FAILURES } from '../../contract/failures';
import { excerpt } from '../../hosts/errors';
import { familyOf } from '../../hosts/family';
import { crossPeers, hostRef, plannedNodes } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { BRIDGE_DEVICE } from './device';
import { LISTENER, MEASURE_PORT, measuredBetween, sendScript, throughput } from './measure';
import type { Deps } from '../deps';
import type { Scope } from '../../elasticsearch/scope';
import { tunnelOf } from './tunnels';

/** Seconds for every client to come back, for example after a reboot of the hub. */
const PATIENCE_SECONDS = 90;
/** Seconds after which the listener ends, whatever happens to the worker. */
const LISTEN_SECONDS = 60;
/**
 * Proves the bridge: every client is connected, every cross pair answers, how large a packet passes, how fast it is.
 * @throws ApplicationFailure ProofFailed that names each pair that does not answer
 */
export async function proveBridge(scope: Scope, deps: Pick<Deps, 'sleep' | 'heartbeat'>): Promise<BridgeFacts> {
  const nodes = plannedNodes(scope.plan);
  const deadline = Date.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    deps.heartbeat();
    const looks = await lookFromEach(scope);
    const problems = [...(await absentClients(scope)), ...looks.flatMap((look) => look.problems)];
    if (problems.length === 0) {
      return {
        clients: nodes.length,
        crossPairs: looks.reduce((sum, look) => sum + look.answered, 0),
        mtu: Math.min(...looks.map((look) => look.mtu)),
        throughputMBps: await measure(scope),
      };
    }
    if (Date.now() > deadline) throw failed(scope.plan, problems);
    await deps.sleep(3_000);
  }
}

function failed(plan: Plan, problems: string[]): ApplicationFailure {
  const shown = problems.slice(0, 20).join('; ');
  const more = problems.length > 20 ? `; and ${problems.length - 20} more` : '';
  return ApplicationFailure.retryable(
    `the bridge is not proven: ${shown}${more}. ${tunnelOf(plan).whereToLook(plan)}`,
    FAILURES.PROOF_FAILED,
  );
}

/** Clients that the hub does not see. */
async function absentClients(scope: Scope): Promise<string[]> {
  let connected: Map<string, string>;
  try {
    connected = await tunnelOf(scope.plan).connected(scope);
  } catch (error) {
    return [(error as Error).message];
  }
  return plannedNodes(scope.plan)
    .filter(({ host, vpnAddress }) => connected.get(host) !== vpnAddress)
    .map(({ host }) => `${host} is not connected to the bridge`);
}

/** What one host sees of its cross peers. */
interface Look {
  answered: number;
  mtu: number;
  problems: string[];
}

async function lookFromEach({ plan, hosts }: Scope): Promise<Look[]> {
  return pMap(
    plannedNodes(plan),
    async ({ host }) => {
      const result = await hosts.read(hostRef(plan, host), lookScript(plan, host), { timeoutSeconds: 120 });
      return judgeLook(plan, host, result.stdout);
    },
    { concurrency: 16 },
  );
}

/** Pings each cross peer's VPN address, and one of them with growing packets that must not be fragmented. */
function lookScript(plan: Plan, host: string): string {
  const peers = crossPeers(plan, host).map(({ vpnAddress }) => vpnAddress);
  return `ping_one='ping -q -c 3 -i 0.2 -W 2 "$1" >/dev/null 2>&1 && echo "answers $1"'
printf '%s\\n' ${peers.join(' ')} | xargs -P 16 -I{} sh -c "$ping_one" - {}
device=$(cat /sys/class/net/${BRIDGE_DEVICE}/mtu)
for mtu in "$device" 1500 1420 1280 1000 576; do
  if [ "$mtu" -le "$device" ] && ping -q -M do -c 2 -i 0.2 -W 1 -s $((mtu - 28)) ${peers[0]} >/dev/null 2>&1; then
    echo "mtu $mtu"
    break
  fi
done`;
}

/** Reads what a look printed; whatever is not there did not answer. */
export function judgeLook(plan: Plan, host: string, output: string): Look {
  const lines = new Set(output.split('\n'));
  const peers = crossPeers(plan, host);
  const silent = peers.filter(({ vpnAddress }) => !lines.has(`answers ${vpnAddress}`));
  const mtu = Number(/^mtu (\d+)$/m.exec(output)?.[1] ?? Number.NaN);
  const problems = silent.map((peer) => `${host} gets no answer from ${peer.host} (${peer.vpnAddress})`);
  if (silent.length === 0 && !Number.isInteger(mtu)) problems.push(`from ${host} no unfragmented packet passes`);
  return { answered: peers.length - silent.length, mtu, problems };
}

/**
 * Sends zeros from the first old host to the first new one, more each time, until about three seconds or 8 MiB:
 * what is sent here crosses the bridge too, and is to stay small beside the data.
 * @returns MiB/s
 */
async function measure({ plan, hosts }: Scope): Promise<number> {
  const { from, to: target } = measuredBetween(plan);
  const name = `bigswitch-measure-${randomBytes(4).toString('hex')}`;
  const listener = hostRef(plan, target.host);
  const jobs = familyOf(listener).jobs.listener;
  const where = { address: target.vpnAddress, port: MEASURE_PORT, command: LISTENER };
  try {
    await hosts.ask(
      listener,
      `${jobs.open({ ...where, name, seconds: LISTEN_SECONDS })}
n=0
until ss -Hltn 'sport = :${MEASURE_PORT}' | grep -q .; do n=$((n + 1)); [ "$n" -lt 50 ] || exit 1; sleep 0.1; done`,
    );
    const result = await hosts.read(hostRef(plan, from.host), sendScript(target.vpnAddress, MEASURE_PORT), {
      timeoutSeconds: 45,
    });
    const rate = throughput(result.stdout);
    if (result.code !== 0 || rate === undefined) {
      throw failed(plan, [
        `the throughput from ${from.host} to ${target.host} could not be measured (${excerpt(result.stderr) || `exit code ${result.code}`}); is TCP between them blocked on ${BRIDGE_DEVICE}?`,
      ]);
    }
    return rate;
  } finally {
    // A worker that can't reach the host now leaves it to its own end.
    await hosts.read(listener, jobs.close([name])).catch(() => undefined);
  }
}
