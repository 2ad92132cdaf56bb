import type { Sample } from '../progress';
import type { Catalogue } from './catalogue';

/** The watch beside everything. */
export interface ObserveActivities {
  /** Samples until `count` are taken; heartbeats them, so that a crash loses none. */
  observe(input: { count: number }): Promise<Sample[]>;
}

/** Their kinds and summaries. */
export const OBSERVE: Catalogue<ObserveActivities> = {
  observe: ['sample', ({ count }) => `watch: ${count} ${count === 1 ? 'sample' : 'samples'}`],
};
