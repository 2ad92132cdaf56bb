import type { Shape } from './shape';

/** Hot nodes come first: they vote, take requests, and hold what has no wish of its own. */
const HOT = 3;

/** Hot and warm nodes by their roles, and by an attribute too; some indices lie on warm ones by either. */
export const tiers: Shape = {
  name: 'tiers',
  nodes: { old: 5, new: 5 },
  settings: (_side, place) =>
    place < HOT
      ? { 'node.roles': ['master', 'data_content', 'data_hot', 'ingest'], 'node.attr.box': 'hot' }
      : { 'node.roles': ['data_warm'], 'node.attr.box': 'warm' },
  indexSettings: {
    'orders-2024': { 'index.routing.allocation.include._tier_preference': 'data_warm,data_hot' },
    events: {
      'index.routing.allocation.include._tier_preference': 'data_hot,data_content',
      'index.routing.allocation.require.box': 'hot',
    },
    audit: {
      'index.routing.allocation.include._tier_preference': null,
      'index.routing.allocation.require.box': 'warm',
    },
  },
};
