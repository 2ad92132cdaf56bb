import type { Sample } from '../progress';
import type { Catalogue } from './catalogue';

/** The watch beside everything. */
export interface ObserveActivities {
  /**
   * Samples until `count` are taken, or until a cluster that was green is so no more: what waits on it must hear of that at
   * once. Heartbeats them, so that a crash loses none.
   * @param input `green`: whether the newest sample before said so
   */
  observe(input: { count: number; green?: boolean }): Promise<Sample[]>;
}

/** Their kinds and summaries. */
export const OBSERVE: Catalogue<ObserveActivities> = {
  observe: ['sample', ({ count }) => `watch: ${count} ${count === 1 ? 'sample' : 'samples'}`],
};
