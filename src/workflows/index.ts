/** The workflows that a worker offers. */
export { migrateCluster } from './migrate-cluster';
export { drainNode } from './drain-node';
export { planMigration } from './plan-migration';
