import { mostPerValue, valuesOf, type Awareness } from '../../../elasticsearch/settings/awareness';
import type { NodeKind } from './node-kinds';

type Shown = Pick<NodeKind, 'attributes'>;

/** An attribute, and how many copies of one shard may lie on nodes of the same value of it. */
export interface Bound {
  attribute: string;
  most: number;
}

/** What holds for so many copies while all of these nodes are in the cluster. Coarse attributes come first. */
export function boundsOf(all: Awareness[], copies: number, nodes: Shown[]): Bound[] {
  return all
    .map((one) => ({ attribute: one.attribute, values: valuesOf(one, nodes).length }))
    .sort((a, b) => a.values - b.values)
    .map(({ attribute, values }) => ({ attribute, most: mostPerValue(copies, values) }));
}

/** Nodes by their value of an attribute; one without it may hold no copy. */
function byValue(attribute: string, nodes: Shown[]): Shown[][] {
  const values = valuesOf({ attribute, forced: [] }, nodes);
  return values.map((value) => nodes.filter(({ attributes }) => attributes[attribute] === value));
}

/** Whether each value of a finer attribute lies within one of the coarser ones, as racks of zones do. */
export function areNested(bounds: Bound[], nodes: Shown[]): boolean {
  return bounds.every(({ attribute }, i) => {
    const coarser = bounds[i - 1];
    return !coarser || byValue(attribute, nodes).every((group) => byValue(coarser.attribute, group).length <= 1);
  });
}

/**
 * Copies of one shard that find a place on these nodes: one on each, and as many as each value allows. Of nested attributes exactly so
 * many, in whatever order they come; of others no more.
 */
export function placesOn([coarsest, ...finer]: Bound[], nodes: Shown[]): number {
  if (!coarsest) return nodes.length;
  const { attribute, most } = coarsest;
  return byValue(attribute, nodes).reduce((sum, group) => sum + Math.min(most, placesOn(finer, group)), 0);
}

/** Whether one more copy finds a place on these nodes wherever so many others lie, of attributes that lie across each other. */
export function findsPlace(bounds: Bound[], nodes: Shown[], others: number): boolean {
  return mostTaken(bounds, nodes, others, others) < nodes.length;
}

/**
 * Nodes that so many copies can keep from another one at the most: all of a value that is full, and those on which they lie.
 * @param free of them, those that need not lie in a value that is full already
 */
function mostTaken([first, ...rest]: Bound[], nodes: Shown[], others: number, free: number): number {
  if (!first) return Math.min(nodes.length, free);
  const groups = byValue(first.attribute, nodes);
  const choose = (from: number, full: Shown[], count: number): number => {
    const left = nodes.filter((node) => !full.includes(node));
    const here = full.length + mostTaken(rest, left, others, Math.min(free, others - count * first.most));
    if ((count + 1) * first.most > others) return here;
    const more = groups.slice(from).map((group, i) => choose(from + i + 1, [...full, ...group], count + 1));
    return Math.max(here, ...more);
  };
  return choose(0, [], 0);
}
