import type { Scope } from '../../elasticsearch/scope';
import { LISTENER, sendScript, throughput } from '../bridge/measure';
import type { DryRunLink } from '../../contract/dry-run';
import { familyOf } from '../../hosts/family';
import { hostRef } from '../../plan/hosts';

/**
 * MiB/s that OpenVPN is known to carry on one thread of the hub, where every byte is decrypted and encrypted again: from a
 * small virtual machine to a fast one with large packets. See docs/decisions/0017-the-dry-run.md.
 */
const ONE_THREAD = { low: 15, high: 90 };
/** Share of an operator's own figure that may be missing or come on top. */
const SPREAD = 0.25;
/** Seconds for which the hub listens. It ends by itself, and leaves nothing. */
const LISTEN_SECONDS = 12;

/**
 * The link that a time can be told from. Without a figure of the operator's, one old and one new host send a few MiB to the
 * hub by plain TCP: no bridge can be faster than that, and none is there yet to be measured.
 * @param given MiB/s, as the operator knows it
 */
export async function estimateLink(scope: Scope, given: number | undefined): Promise<DryRunLink> {
  if (given !== undefined) {
    const why = `the given ${shown(given)} MiB/s, a quarter more or less`;
    return { basis: 'given', lowMBps: given * (1 - SPREAD), highMBps: given * (1 + SPREAD), why, measured: [] };
  }
  const { hub, old, new: fresh } = scope.plan.hosts;
  const measured = [
    ...(await measure(scope, old[0]?.name, hub.addressForOld)),
    ...(await measure(scope, fresh[0]?.name, hub.addressForNew)),
  ];
  const known = `OpenVPN carries ${ONE_THREAD.low} to ${ONE_THREAD.high} MiB/s on one thread of the hub`;
  if (measured.length < 2) {
    return {
      basis: 'unknown',
      lowMBps: ONE_THREAD.low,
      highMBps: ONE_THREAD.high,
      why: `there is no bridge yet, and tcp ${scope.plan.bridge.port} of the hub could not be reached to measure the way there; ${known}. Give your own figure with --link`,
      measured,
    };
  }
  const least = Math.min(...measured.map((one) => one.MBps));
  const ways = measured.map((one) => `${one.from} to ${one.to} ${shown(one.MBps)} MiB/s`).join(', ');
  return {
    basis: 'measured',
    lowMBps: Math.min(ONE_THREAD.low, least / 2),
    highMBps: Math.min(ONE_THREAD.high, least),
    why: `there is no bridge yet; plain TCP was measured: ${ways}; ${known}`,
    measured,
  };
}

/** @returns nothing where it could not be measured */
async function measure(scope: Scope, from: string | undefined, address: string): Promise<DryRunLink['measured']> {
  const { plan, hosts } = scope;
  if (from === undefined) return [];
  const hub = hostRef(plan, plan.hosts.hub.name);
  const { port } = plan.bridge;
  const listen = `timeout ${LISTEN_SECONDS} ${familyOf(hub).jobs.listener.here({ address, port, command: LISTENER })} >/dev/null 2>&1`;
  const send = `n=0
until timeout 2 bash -c ': >/dev/tcp/${address}/${port}' 2>/dev/null; do
  n=$((n + 1)); [ "$n" -lt 10 ] || exit 1; sleep 0.3
done
${sendScript(address, port)}`;
  const listening = hosts.read(hub, listen, { timeoutSeconds: LISTEN_SECONDS + 30 }).catch(() => undefined);
  const sent = await hosts
    .read(hostRef(plan, from), send, { timeoutSeconds: LISTEN_SECONDS + 20 })
    .catch(() => undefined);
  await listening;
  const rate = sent?.code === 0 ? throughput(sent.stdout) : undefined;
  return rate === undefined ? [] : [{ from, to: hub.name, MBps: rate }];
}

function shown(rate: number): string {
  return rate >= 100 ? String(Math.round(rate)) : rate.toFixed(1);
}
