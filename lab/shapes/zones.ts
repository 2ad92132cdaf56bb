import type { Shape, Side } from './shape';

/** Nobody names zones alike in two places. */
const ZONES: Record<Side, string[]> = { old: ['here-1', 'here-2'], new: ['there-1', 'there-2', 'there-3'] };

/** Copies are spread over two zones, which are forced, and have to go to three others. */
export const zones: Shape = {
  name: 'zones',
  nodes: { old: 4, new: 3 },
  settings: (side, place) => ({ 'node.attr.zone': ZONES[side][place % ZONES[side].length] }),
  clusterSettings: {
    'cluster.routing.allocation.awareness.attributes': 'zone',
    'cluster.routing.allocation.awareness.force.zone.values': ZONES.old.join(','),
  },
};
