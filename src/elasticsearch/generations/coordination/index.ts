import type { Generation } from '../generation';
import { discovery } from './discovery';
import { quorum } from './quorum';

/** Cluster coordination as it is since 7.0. See docs/decisions/0007-quorum-follows-the-apps.md. */
export const coordination: Generation = { name: 'coordination', majors: [7, 8, 9], discovery, quorum };
