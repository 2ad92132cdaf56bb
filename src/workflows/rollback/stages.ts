/** What a stopped old node needs before an app goes back to it. */
const OLD_NODES_IN = [
  'old nodes take part again',
  'redirects for stopped old nodes are back',
  'stopped old nodes run again',
  'the old side has a copy of all data',
];

/** The stages of the way back, in their order; a test holds them against a rollback. */
const STAGES = [
  'apps back to the old nodes',
  'old nodes take part again',
  'quorum back to the old side',
  'fronts removed',
  'data back to the old side',
  'new nodes stopped, files of the old ones as they were',
  'cluster settings as they were',
  'redirects and bridge removed',
  'nothing of ours left on any host, proved',
];

/**
 * The stages that a rollback will go through, or has.
 * @param comeIn whether old nodes were stopped, and come in first
 */
export function stagesOf(comeIn: boolean): string[] {
  return comeIn ? [...new Set([...OLD_NODES_IN, ...STAGES])] : STAGES;
}
