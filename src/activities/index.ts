import type { Activities } from '../contract/activities';
import { createReportActivities } from '../report';
import { createAppActivities } from './apps';
import { createBridgeActivities } from './bridge';
import { createClaimActivities } from './claim';
import type { Deps } from './deps';
import { createDrainActivities } from './drain';
import { createDryRunActivities } from './dry-run';
import { createEvidenceActivities } from './evidence';
import { createFrontActivities } from './front';
import { createJoinActivities } from './join';
import { createNodeActivities } from './nodes';
import { createObserveActivities } from './observe';
import { createPreflightClusterActivities } from './preflight-cluster';
import { createPreflightHostActivities } from './preflight-host';
import { createQuorumActivities } from './quorum';
import { createRedirectActivities } from './redirect';
import { createReplicateActivities } from './replicate';
import { createRollbackActivities } from './rollback';
import { createSurveyActivities } from './survey';
import { createTeardownActivities } from './teardown';
import { createUndoActivities } from './undo';

/** Everything that a workflow can ask of the world, phase by phase. */
export function createActivities(deps: Deps): Activities {
  return {
    ...createPreflightHostActivities(deps),
    ...createPreflightClusterActivities(deps),
    ...createDryRunActivities(deps),
    ...createClaimActivities(deps),
    ...createBridgeActivities(deps),
    ...createRedirectActivities(deps),
    ...createNodeActivities(deps),
    ...createJoinActivities(deps),
    ...createReplicateActivities(deps),
    ...createFrontActivities(deps),
    ...createEvidenceActivities(deps),
    ...createAppActivities(deps),
    ...createQuorumActivities(deps),
    ...createDrainActivities(deps),
    ...createTeardownActivities(deps),
    ...createSurveyActivities(deps),
    ...createRollbackActivities(deps),
    ...createUndoActivities(deps),
    ...createObserveActivities(deps),
    ...createReportActivities(deps),
  };
}
