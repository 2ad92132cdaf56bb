import type { Check } from '../../../contract/evidence';
import { crossPeers, type HostRef } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import { failed, passed, refused, warned } from '../check';
import type { HostFacts } from './facts';
import { OPENS_SECONDS } from './script';

/** Seconds for which the kernel keeps the entry of a connection that was closed. */
const ENTRY_SECONDS = 120;
/** Entries that the table has on a host of 1 to 4 GiB, for one that does not track yet and so does not say. */
const USUAL_ENTRIES = 65_536;

/** Checks of what the redirect means for the traffic of an old or new host; a hub's is left as it is. Pure. */
export function trafficChecks(plan: Plan, host: HostRef, facts: HostFacts): Check[] {
  return host.role === 'hub' ? [] : [routes(plan, host, facts), tracking(host, facts)];
}

/** The kernel looks for a route before it asks the rules: a host without one never comes to them. */
function routes(plan: Plan, { name }: HostRef, facts: HostFacts): Check {
  const check = 'peer-route';
  const said = new Map(
    facts.all('reach').map((value): [string, string] => {
      const [address = '', ...why] = value.split(' ');
      return [address, why.join(' ')];
    }),
  );
  const peers = crossPeers(plan, name);
  const none = peers.filter(({ address }) => said.get(address) !== 'yes');
  if (none.length === 0) return passed(check, `the kernel has a route to each of ${peers.length} peers`, name);
  const list = none.map(({ host, address }) => `${host} (${address}: ${said.get(address) || 'not seen'})`).join(', ');
  const remedy =
    'give it any route to these addresses, such as a default route, even one that leads nowhere (and no `unreachable` one): rules take packets to the bridge only after the kernel has found a route';
  return refused(check, name, `it has no route to ${list}`, remedy);
}

/** NAT rules make the kernel keep an entry for every connection of the host, and a full table drops packets of everybody. */
function tracking({ name }: HostRef, facts: HostFacts): Check {
  const check = 'connection-tracking';
  const [now, max] = (facts.one('conntrack') ?? '').split(' ').map(Number);
  const [opened, open] = ['opened', 'open'].map((key) => Number.parseInt(facts.one(key) ?? '', 10));
  const remedy = 'raise it while the move lasts, by `sysctl -w net.netfilter.nf_conntrack_max=…` (320 bytes an entry)';
  if (opened === undefined || open === undefined || !Number.isFinite(opened + open)) {
    return warned(
      check,
      name,
      'how many connections it opens could not be read',
      `see that it is enough, or ${remedy}`,
    );
  }
  const foreseen = Math.round(Math.max(now || 0, open + (opened / OPENS_SECONDS) * ENTRY_SECONDS));
  const room = max || USUAL_ENTRIES;
  const figures = `about ${foreseen} entries of ${room}${max ? '' : ' (the usual size)'} are foreseen`;
  if (foreseen <= room / 2) return passed(check, figures, name);
  const seen = `the redirect makes the kernel track every connection, and a full table drops packets: ${figures}, by what was opened in ${OPENS_SECONDS} s`;
  return (foreseen > room ? failed : warned)(check, name, seen, remedy);
}
