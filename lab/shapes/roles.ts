import type { Shape } from './shape';

/** Three masters come first, an ingest and a coordinating node last; what is between holds the data. */
function rolesAt(place: number, count: number): string[] {
  if (place < 3) return ['master'];
  if (place === count - 1) return [];
  return place === count - 2 ? ['ingest'] : ['data'];
}

/** Each node has one task: three dedicated masters, data nodes, one for ingest, one that only passes requests on. */
export const roles: Shape = {
  name: 'roles',
  nodes: { old: 7, new: 8 },
  settings: (_side, place, count) => ({ 'node.roles': rolesAt(place, count) }),
};
