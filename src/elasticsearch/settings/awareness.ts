import type { NodeAttributes } from './filters';
import { effective, listIn, type ClusterSettings, type IndexInfo } from './settings';

const AWARENESS = 'cluster.routing.allocation.awareness';

/** An attribute over whose values the cluster spreads the copies of each shard, such as `zone`. */
export interface Awareness {
  attribute: string;
  /** Values that count in any case, with or without a node (`awareness.force.*`). */
  forced: string[];
}

/** What the cluster spreads copies over; empty without allocation awareness. Pure. */
export function awarenessIn(settings: ClusterSettings): Awareness[] {
  const list = (key: string) => listIn(effective(settings, key));
  return list(`${AWARENESS}.attributes`).map((attribute) => ({
    attribute,
    forced: list(`${AWARENESS}.force.${attribute}.values`),
  }));
}

/** Copies of such an index lie wherever there is a node: it is not spread (`AutoExpandReplicas.expandToAllNodes`). */
export function isNotSpread(index: Pick<IndexInfo, 'settings'>): boolean {
  return /-all$/.test(String(index.settings['index.auto_expand_replicas'] ?? ''));
}

/** Every value that counts: those that are forced and those of the nodes, also of nodes that are excluded. */
export function valuesOf({ attribute, forced }: Awareness, nodes: readonly { attributes: NodeAttributes }[]): string[] {
  const there = nodes.flatMap(({ attributes }) => attributes[attribute] ?? []);
  return [...new Set([...forced, ...there])].sort();
}

/** How many copies of one shard may lie on nodes of the same value (`AwarenessAllocationDecider`, 7.17 to 9.x). */
export function mostPerValue(copies: number, values: number): number {
  return Math.ceil(copies / Math.max(1, values));
}
