import { isNotSpread, mostPerValue, valuesOf, type Awareness } from '../settings/awareness';
import { keepsOut, type NodeAttributes } from '../settings/filters';
import { placesFor } from '../settings/roles';
import type { IndexInfo } from '../settings/settings';

/** A data node with what decides whether a copy may lie on it. */
export interface DecidedNode {
  name: string;
  roles: readonly string[];
  /** Its own (`node.attr.*`), and what else filters see of it. */
  attributes: NodeAttributes;
}

/**
 * What Elasticsearch's own deciders will say to a copy on a node, as far as it can be foreseen: tiers, filters of the index, and
 * allocation awareness. The cluster has the last word; so a foreseen no is a reason to try other nodes first, not to try nothing.
 */
export class Deciders {
  private readonly over: { of: Map<string, string | undefined>; values: number }[];
  private readonly indices: Map<string, IndexInfo>;
  private readonly homes = new Map<string, ReadonlySet<string>>();

  /** @param nodes all data nodes of the cluster, excluded ones too: their values count */
  constructor(
    awareness: Awareness[],
    private readonly nodes: DecidedNode[],
    indices: IndexInfo[],
  ) {
    this.over = awareness.map((one) => ({
      of: new Map(nodes.map(({ name, attributes }) => [name, attributes[one.attribute]])),
      values: valuesOf(one, nodes).length,
    }));
    this.indices = new Map(indices.map((index) => [index.name, index]));
  }

  /**
   * Whether the cluster would let a copy be there.
   * @param copies of the shard, its own included
   * @param others nodes that hold, or are about to hold, the other copies
   */
  allow(name: string, copies: number, others: readonly string[], target: string): boolean {
    const index = this.indices.get(name);
    // Of an index that was made since nothing is known.
    if (!index) return true;
    if (!this.homesOf(index).has(target)) return false;
    if (isNotSpread(index)) return true;
    return this.over.every(({ of, values }) => {
      const value = of.get(target);
      const there = others.filter((node) => of.get(node) === value).length;
      return value !== undefined && there < mostPerValue(copies, values);
    });
  }

  /** Names of the nodes on which tiers and filters let an index lie. */
  private homesOf({ name, settings }: IndexInfo): ReadonlySet<string> {
    const known = this.homes.get(name);
    if (known) return known;
    const places = placesFor(settings, this.nodes).filter(
      ({ attributes }) => keepsOut(settings, attributes) === undefined,
    );
    const homes = new Set(places.map((node) => node.name));
    this.homes.set(name, homes);
    return homes;
  }
}
