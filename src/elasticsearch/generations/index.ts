import { coordination } from './coordination';
import type { Generation } from './generation';

export type { Discovery, Generation, NodeCounts, Quorum, Voting } from './generation';

/** Every generation that is known, one folder each. */
export const GENERATIONS: readonly Generation[] = [coordination];

/**
 * The generation to which a version belongs.
 * @param major for example 7
 * @throws Error that names those that are known
 */
export function generationOf(major: number): Generation {
  const found = GENERATIONS.find(({ majors }) => majors.includes(major));
  if (found) return found;
  const known = GENERATIONS.flatMap(({ majors }) => majors).join(', ');
  throw new Error(`Elasticsearch ${major} is not known here (known: ${known}); move the cluster to one of these first`);
}

/**
 * The lowest major version among nodes: what the oldest understands, all do.
 * @throws Error when a node does not tell its version
 */
export function majorOf(nodes: readonly { version: string }[]): number {
  const major = Math.min(...nodes.map((node) => Number.parseInt(node.version, 10)));
  if (!Number.isInteger(major)) throw new Error('the cluster does not tell its version');
  return major;
}
