import { exec } from './docker';
import { addressOf, hostsOf } from './layout';
import type { LabHost } from './types';

/** One try to reach an address from a host. */
interface Probe {
  from: LabHost;
  address: string;
  reached: boolean;
}

/** Pings every address at once from inside a host; an address counts as reached when it answers within a second. */
async function probe(from: LabHost, addresses: string[], dockerHost?: string): Promise<Probe[]> {
  const script = `for a in ${addresses.join(' ')}; do
    { if ping -n -q -c 1 -W 1 "$a" >/dev/null 2>&1 || timeout 1 bash -c "exec 3<>/dev/tcp/$a/22" 2>/dev/null
      then echo "$a yes"; else echo "$a no"; fi; } &
  done; wait`;
  const lines = (await exec(from, script, { dockerHost })).trim().split('\n');
  return addresses.map((address) => {
    const line = lines.find((candidate) => candidate.startsWith(`${address} `));
    if (!line) throw new Error(`${from.name}: no result for ${address} from the isolation check`);
    return { from, address, reached: line.endsWith(' yes') };
  });
}

/**
 * Proves the story's situation: the old and the new network don't see each other, and everything else that should be
 * seen is seen (so that the check can't pass because nothing works).
 * @throws Error that names the pairs that are not as they should be
 */
export async function checkIsolation(hosts: LabHost[], dockerHost?: string): Promise<void> {
  const hub = hostsOf(hosts, 'hub')[0];
  const sides = { old: hostsOf(hosts, 'old'), new: hostsOf(hosts, 'new') };
  const check = async (from: LabHost, side: 'old' | 'new') => {
    const other = side === 'old' ? 'new' : 'old';
    const own = [hub, ...sides[side]]
      .flatMap((host) => host?.addresses[side] ?? [])
      .filter((a) => a !== addressOf(from));
    const hidden = [hub, ...sides[other]].flatMap((host) => host?.addresses[other] ?? []);
    const probes = await probe(from, [...own, ...hidden], dockerHost);
    return probes.flatMap(({ address, reached }) => {
      if (own.includes(address)) return reached ? [] : [`${from.name} does not reach ${address} in its own network`];
      return reached ? [`${from.name} reaches ${address} in the other network`] : [];
    });
  };
  const problems = (
    await Promise.all([...sides.old.map((host) => check(host, 'old')), ...sides.new.map((host) => check(host, 'new'))])
  ).flat();
  if (problems.length > 0) {
    throw new Error(
      `the lab's networks are not as they should be: ${problems.join('; ')}. ` +
        'If this machine forwards packets (sysctl net.ipv4.ip_forward), its docker engine must keep networks apart.',
    );
  }
}
