import { listIn, type IndexSettings } from './settings';

/** How a shrink holds a copy of each shard of its index on one node. */
export const PIN = 'index.routing.allocation.require._id';

/** An index that has to lie on one node. */
export interface Pin {
  index: string;
  /** Name of the node. */
  node: string;
}

/**
 * Indices that are pinned to one of some nodes by its id, as lifecycle management does before it shrinks one.
 * @param nodes with the ids that they have now
 */
export function pinsTo(
  indices: readonly { name: string; settings: IndexSettings }[],
  nodes: readonly { id: string; name: string }[],
): Pin[] {
  return indices.flatMap(({ name, settings }) => {
    const ids = listIn(settings[PIN]);
    const node = nodes.find(({ id }) => ids.includes(id));
    return node ? [{ index: name, node: node.name }] : [];
  });
}
