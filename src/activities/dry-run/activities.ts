import type { Activities } from '../../contract/activities';
import { dryRun } from './dry-run';
import type { Deps } from '../deps';

/** The activity that goes through a whole migration and changes nothing. */
export function createDryRunActivities(deps: Deps): Pick<Activities, 'dryRun'> {
  return { dryRun: (input) => dryRun(deps, input) };
}
