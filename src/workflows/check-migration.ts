import { setHandler } from '@temporalio/workflow';
import { allHosts } from '../plan/hosts';
import { mdText } from '../text/markdown';
import { lookAtAll, type Looked } from './run/look';
import { QUERIES } from './messages/messages';
import { validated } from './run/migration';
import { showDetails } from './state/details';
import { createWorld } from './world/world';

/**
 * Preflight by itself: looks at every host and the cluster, changes nothing, and gives back every check.
 * @throws ApplicationFailure InvalidPlan that names every problem
 */
export async function checkMigration(input: unknown): Promise<Looked> {
  const plan = validated(input);
  setHandler(QUERIES.plan, () => plan);
  showDetails(mdText`Looks at ${allHosts(plan).length} hosts and the cluster. Nothing is changed.`);
  const found = await lookAtAll(createWorld(plan), plan);
  const failed = found.checks.filter((check) => check.result === 'failed').length;
  showDetails(mdText`${found.checks.length} checks, ${failed} failed.`);
  return found;
}
