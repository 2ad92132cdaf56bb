/** The workflows that a worker offers. */
export { migrateCluster } from './migrate-cluster';
export { drainNode } from './drain-node';
export { deliverNotice } from './deliver-notice';
export { planMigration } from './plan-migration';
export { checkMigration } from './check-migration';
export { cleanUp } from './clean-up';
