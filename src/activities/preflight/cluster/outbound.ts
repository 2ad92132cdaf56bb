import type { Client } from '@elastic/elasticsearch';
import type { Check } from '../../../contract/evidence';
import { hostIn } from '../../../elasticsearch/looks/url-host';
import { readWatches } from '../../../elasticsearch/looks/watches';
import { listIn, type ClusterSettings } from '../../../elasticsearch/settings/settings';
import { plannedNodes } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import { list } from '../../../text/format';
import { judged, warned } from '../check';
import type { NodeKind } from './node-kinds';

/** Where an exporter's fixed addresses stand. */
const EXPORTER = /^xpack\.monitoring\.exporters\.(.+)\.host$/;
/** Watches that are named. */
const NAMED = 20;

/** Tells where the cluster itself sends figures of its monitoring by http, and from which addresses; new nodes have to reach it. Pure. */
export function exporterChecks(plan: Plan, { persistent, transient }: ClusterSettings, old: NodeKind[]): Check[] {
  const said = [...old.map(({ settings }) => settings), persistent, transient];
  const hosts = new Map<string, Set<string>>();
  for (const [key, value] of said.flatMap((all) => Object.entries(all))) {
    const [, name] = EXPORTER.exec(key) ?? [];
    if (name === undefined) continue;
    hosts.set(name, new Set([...(hosts.get(name) ?? []), ...listIn(value).flatMap(hostIn)]));
  }
  const where = (name: string) => `xpack.monitoring.exporters.${name}.host`;
  const found = [...hosts].map(([name, all]) => told(plan, 'exporters', name, [...all].sort(), where(name)));
  return judged('exporters', found, 'monitoring goes to no fixed address');
}

/** Tells which watches ask or tell a fixed host something; of their number only, where there are more than are looked at. */
export async function watchChecks(plan: Plan, client: Client): Promise<Check[]> {
  const { count, looked, watches } = await readWatches(client);
  const found = watches.map(({ id, hosts }) => told(plan, 'watches', id, hosts, 'the watch'));
  const rest = count - looked + Math.max(0, found.length - NAMED);
  const seen = `${rest} more watches ask or tell other hosts something, or were not looked at`;
  const more = rest > 0 ? [warned('watches', '', seen, 'look at their inputs and actions by hand')] : [];
  return judged('watches', [...found.slice(0, NAMED), ...more], 'no watch asks or tells a fixed host something');
}

function told(plan: Plan, name: string, subject: string, hosts: string[], where: string): Check {
  const gone = hosts.filter((host) => isOld(plan, host));
  const also = gone.length > 0 ? `; ${list(gone)} will be gone after the migration` : '';
  const seen = `it speaks to ${hosts.length > 0 ? list(hosts) : 'an address that can not be read'}: new nodes have to reach it${also}`;
  const reach = 'see that each new host can reach it';
  return warned(name, subject, seen, gone.length > 0 ? `change ${where} after the big switch; ${reach}` : reach);
}

function isOld(plan: Plan, host: string): boolean {
  const old = plannedNodes(plan).filter(({ side }) => side === 'old');
  return old.some(({ address, nodeName, host: name }) => [address, nodeName, name].includes(host));
}
