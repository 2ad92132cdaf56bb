import { sleep } from '@temporalio/workflow';
import { migrateCluster as right } from '../../src/workflows/migrate-cluster';

/** A variant that waits where the recorded runs did not: what a careless change does to runs that are under way. */
export async function migrateCluster(input: unknown): Promise<unknown> {
  await sleep(1000);
  return right(input);
}
