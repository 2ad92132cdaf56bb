import type { Shape } from './shape';

/** Every node may do everything. */
export const plain: Shape = {
  name: 'plain',
  settings: () => ({}),
};
