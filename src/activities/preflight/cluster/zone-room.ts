import type { Check } from '../../../contract/evidence';
import {
  awarenessIn,
  isNotSpread,
  mostPerValue,
  valuesOf,
  type Awareness,
} from '../../../elasticsearch/settings/awareness';
import type { ClusterSettings, IndexInfo } from '../../../elasticsearch/settings/settings';
import { reservedBytes } from '../../../elasticsearch/settings/watermark';
import { groupShards, type ShardCopy } from '../../../elasticsearch/shards/table';
import type { Plan } from '../../../plan/schema';
import { bytes as showBytes, list } from '../../../text/format';
import { refused } from '../check';
import type { NewHost } from './hosts';
import { homesOf, wantedReplicas } from './indices';
import { dataNodes } from './needs';
import type { NodeKind, Sides } from './node-kinds';

/** One shard, and on how many new nodes of each zone its copies may lie. */
interface Spread {
  bytes: number;
  copies: number;
  places: Map<string, number>;
}

/**
 * Whether the disks of each zone take the copies that have to lie there, since the other zones have no places for them; for each
 * zone, and for all zones but one. What fits by this may still not fit: only what can't is refused. Pure.
 */
export function zoneRoomChecks(
  plan: Plan,
  { indices, table, settings }: { indices: IndexInfo[]; table: ShardCopy[]; settings: ClusterSettings },
  sides: Sides,
  seen: NewHost[],
): Check[] {
  const fresh = dataNodes(sides.fresh);
  return awarenessIn(settings).flatMap((one) => {
    // New nodes without the attribute are refused already.
    if (fresh.some(({ attributes }) => attributes[one.attribute] === undefined)) return [];
    const spreads = spreadsOf(plan, one, indices, table, sides);
    return setsOf(valuesOf({ ...one, forced: [] }, fresh)).flatMap((zones) => {
      const hosts = fresh.filter((node) => zones.includes(zoneOf(one, node))).map(({ host }) => host);
      const disks = seen.filter(({ host }) => hosts.includes(host));
      const room = disks.reduce((sum, { freeBytes, diskBytes }) => sum + roomOf(settings, freeBytes, diskBytes), 0);
      const needed = spreads.reduce((sum, spread) => sum + spread.bytes * bound(spread, zones), 0);
      return needed > room ? [tooSmall(one, zones, hosts, needed, room)] : [];
    });
  });
}

function spreadsOf(plan: Plan, one: Awareness, indices: IndexInfo[], table: ShardCopy[], sides: Sides): Spread[] {
  // The values of both sides count until the last old node has gone.
  const values = valuesOf(one, [...dataNodes(sides.old), ...dataNodes(sides.fresh)]).length;
  const known = new Map(
    indices
      .filter((index) => !isNotSpread(index))
      .map((index) => {
        const copies = 1 + wantedReplicas(plan, index);
        const homes = homesOf(index, sides).map((node) => zoneOf(one, node));
        const most = (zone: string) => Math.min(mostPerValue(copies, values), homes.filter((of) => of === zone).length);
        return [index.name, { copies, places: new Map(homes.map((zone) => [zone, most(zone)])) }];
      }),
  );
  return groupShards(table).flatMap((group) => {
    const spread = known.get(group.index);
    return spread === undefined ? [] : [{ ...spread, bytes: Math.max(...group.copies.map(({ bytes }) => bytes)) }];
  });
}

/** Copies of a shard that have to lie in some zones, because the others have no more places; no more than there are places. */
function bound({ copies, places }: Spread, zones: string[]): number {
  const [own, others] = [true, false].map((inside) =>
    [...places].reduce((sum, [zone, most]) => (zones.includes(zone) === inside ? sum + most : sum), 0),
  ) as [number, number];
  return Math.min(own, Math.max(0, copies - others));
}

/** Each zone alone, and where there are more than two all but each. */
function setsOf(zones: string[]): string[][] {
  if (zones.length < 2) return [];
  const alone = zones.map((zone) => [zone]);
  return zones.length === 2 ? alone : [...alone, ...zones.map((zone) => zones.filter((other) => other !== zone))];
}

function zoneOf({ attribute }: Awareness, { attributes }: NodeKind): string {
  return attributes[attribute] ?? '';
}

function roomOf(settings: ClusterSettings, freeBytes: number, diskBytes: number): number {
  return Math.max(0, freeBytes - reservedBytes(settings, diskBytes));
}

function tooSmall({ attribute }: Awareness, zones: string[], hosts: string[], needed: number, room: number): Check {
  const seen = `${showBytes(needed)} of shards have to lie on nodes of ${attribute} ${list(zones)}, since copies are spread over ${attribute}; on ${list(hosts)} ${showBytes(room)} are free below the low watermark`;
  const remedy = 'add disk space or new hosts there, or lower replicas in the plan';
  return refused('new-disk', zones.join(','), seen, remedy);
}
