import type { Shape } from './shape';

/**
 * A cluster whose life goes on beside the lab's apps: indices come and go, aliases swap and roll over, scrolls and points in time are
 * open. lab/life has who does it.
 */
export const busy: Shape = { name: 'busy', settings: () => ({}), life: ['busy'] };
