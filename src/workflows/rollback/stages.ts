/** Stage that waits until nobody is connected to the new side, or a person says who may be cut off. */
export const UNUSED = 'nobody is connected to the new side';

const IN = {
  before: ['indices as they were before the plan', 'old nodes take part again'],
  /** What a stopped old node needs before an app goes back to it. */
  stopped: ['redirects for stopped old nodes are back', 'stopped old nodes run again'],
  after: [
    'the old side has a copy of all data',
    'apps and quorum back to the old side',
    'files of the old nodes without the drains',
    'data back to the old side',
    UNUSED,
    'fronts removed',
    'new nodes stopped, files of the old ones as they were',
    'cluster settings as they were',
    'redirects and bridge removed',
    'nothing of ours left on any host, proved',
  ],
};

/**
 * The stages that a rollback will go through, or has, in their order; a test holds them against a rollback.
 * @param comeIn whether old nodes were stopped, and come in first
 */
export function stagesOf(comeIn: boolean): string[] {
  return [...IN.before, ...(comeIn ? IN.stopped : []), ...IN.after];
}
