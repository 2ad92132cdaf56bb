import type { Activities } from '../../contract/activities';
import type { Kind } from './options';

/** What an activity is, and how the timeline of the UI calls it. */
type Entry<K extends keyof Activities> = readonly [
  kind: Kind,
  summary: string | ((...args: Parameters<Activities[K]>) => string),
];

/** Every activity: its kind decides its time-outs, and whether it waits while the run is paused. */
export const CATALOGUE: { [K in keyof Activities]: Entry<K> } = {
  preflightHost: ['preflight', ({ host }) => `look at ${host}`],
  preflightCluster: ['preflight', 'look at the cluster'],

  dryRun: ['preflight', 'go through the migration without changing anything'],
  claimHost: ['change', ({ host }) => `claim ${host}`],
  releaseHost: ['undo', ({ host }) => `give up the claim of ${host}`],

  installBridgeHub: ['change', 'bridge: CA and VPN server on the hub'],
  installBridgeClient: ['change', ({ host }) => `bridge: VPN client on ${host}`],
  proveBridge: ['look', 'prove the bridge: every cross pair, MTU, throughput'],

  installRedirect: ['change', ({ host }) => `redirect: NAT rules on ${host}`],
  proveRedirects: ['look', 'prove the redirects: every real address answers'],

  prepareClusterForJoin: ['change', 'join: new nodes kept out of the quorum, nothing moves by itself'],
  configureNewNode: ['change', ({ host }) => `join: configure ${host}`],
  alignOldNode: ['change', ({ host }) => `join: file of ${host} in line for a later reboot`],
  startNewNode: ['change', ({ host }) => `join: start ${host}`],
  proveJoin: ['look', 'prove the join: all nodes see all nodes, green'],

  setThrottle: ['knob', ({ maxMBps }) => `throttle to ${maxMBps} MiB/s`],
  prepareIndices: ['change', 'replicate: planned changes to indices'],
  replicate: ['move', ({ goal }) => `replicate: move primaries${goal === 'old' ? ' back' : ''}`],
  proveReplicated: ['look', 'prove that every shard group has a copy on both sides'],

  installFront: ['change', ({ host }) => `front: HAProxy on ${host}`],
  proveFronts: ['look', 'prove the fronts from every app host'],

  gatherEvidence: ['look', ({ gate }) => `evidence for gate ${gate}`],

  switchApp: ['app', ({ host }) => `switch the app on ${host} to the fronts`],
  watchApps: ['app', ({ hosts, seconds }) => `watch ${listed(hosts)} for ${seconds} s`],
  moveQuorum: ['change', ({ to }) => `quorum to the ${to} side`],
  proveSwitched: ['look', 'prove that no app is left on old nodes'],

  drainOrder: ['look', 'order of the drains, elected master last'],
  excludeNode: ['change', ({ host }) => `drain: exclude ${host}`],
  drain: ['move', ({ host }) => `drain: wait until ${host} holds nothing`],
  stopNode: ['change', ({ host }) => `drain: stop ${host}`],
  setExpectedNodes: ['change', ({ host, expected }) => `drain: ${expected} expected nodes in the file of ${host}`],
  removeRedirectsFor: ['change', ({ host, gone }) => `drain: ${host} without redirect to ${gone}`],
  proveDrained: ['look', ({ host }) => `prove that ${host} is gone and the cluster green`],

  markTeardown: ['change', 'teardown: forward only from here on'],
  pointSeedsAtNew: ['change', ({ host }) => `teardown: seeds of ${host} are new nodes only`],
  restoreCluster: ['undo', 'cluster settings back to what they were'],
  undoHost: ['undo', ({ host, phases }) => `undo ${phases ? phases.join(', ') : 'everything'} on ${host}`],
  forgetHost: ['undo', ({ host }) => `end the ledger on ${host}`],
  proveTornDown: ['look', 'prove that nothing of ours is left'],

  surveyHosts: ['look', 'find out how far the run before had come'],
  proveOldNodesServe: ['look', 'prove that old nodes serve'],
  proveRejoined: ['look', 'prove that stopped old nodes are back, green'],
  proveRolledBack: ['look', 'prove that all is as it was'],

  observe: ['sample', ({ count }) => `watch: ${count} ${count === 1 ? 'sample' : 'samples'}`],
  writeReport: ['report', 'write the report'],
};

function listed(hosts: string[]): string {
  return hosts.length <= 5 ? hosts.join(', ') : `${hosts.slice(0, 4).join(', ')} and ${hosts.length - 4} more`;
}
