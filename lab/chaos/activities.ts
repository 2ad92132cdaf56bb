import { CATALOGUE } from '../../src/workflows/world/catalogue';

/** Every activity of a migration that changes something or moves shards, in the order in which they come. */
export const CHANGES = [
  'claimHost',
  'installBridgeHub',
  'installBridgeClient',
  'installRedirect',
  'prepareClusterForJoin',
  'configureNewNode',
  'alignOldNode',
  'startNewNode',
  'prepareIndices',
  'replicate',
  'installFront',
  'switchApp',
  'watchApps',
  'moveQuorum',
  'excludeNode',
  'drain',
  'stopNode',
  'setExpectedNodes',
  'removeRedirectsFor',
  'markTeardown',
  'undoHost',
  'pointSeedsAtNew',
  'restoreCluster',
  'forgetHost',
  'releaseHost',
];
/** And those that only look. */
export const LOOKS = ['proveBridge', 'proveRedirects', 'proveJoin', 'proveReplicated', 'proveFronts', 'gatherEvidence'];
/** Every kind of activity there is; a migration that nobody throttles, resets or turns back meets most of them. */
export const EVERY: readonly string[] = Object.keys(CATALOGUE);
