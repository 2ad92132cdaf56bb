import type { CopyFigures, DataProof } from '../../contract/data-proof';
import { shardKey } from './copies';
import type { DataLook } from './look';
import type { Writes } from './writes';

/** So many copies are listed: evidence is kept in the history each time it is taken. */
const MOST_COPIES = 40;

/**
 * Figures of each copy as they were seen, by index: indices that differ first, then the largest.
 * @param different names of indices of which something differs
 */
export function figuresOf(
  { nameOf }: Pick<DataLook, 'nameOf'>,
  { groups, states }: Pick<Writes, 'groups' | 'states'>,
  different: ReadonlySet<string>,
): Pick<DataProof, 'figures' | 'figuresMore'> {
  const all = new Map<string, CopyFigures[]>();
  for (const group of groups) {
    const { index, shard } = group;
    const copies = (states.get(shardKey(group)) ?? []).map(({ nodeId, ...figures }) => {
      return { index, shard, node: nameOf(nodeId), ...figures };
    });
    all.set(index, [...(all.get(index) ?? []), ...copies]);
  }
  const size = (copies: CopyFigures[]) => copies.reduce((sum, { documents = 0 }) => sum + documents, 0);
  const ranked = [...all].map(([index, copies]) => ({ copies, last: !different.has(index), size: size(copies) }));
  ranked.sort((a, b) => Number(a.last) - Number(b.last) || b.size - a.size);
  const figures = ranked.flatMap(({ copies }) => copies);
  return { figures: figures.slice(0, MOST_COPIES), figuresMore: Math.max(0, figures.length - MOST_COPIES) };
}
