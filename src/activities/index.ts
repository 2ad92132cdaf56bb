import type { Activities } from '../contract/activities';
import { createReportActivities } from './report';
import { createAppActivities } from './switch/activities';
import { createBridgeActivities } from './bridge/activities';
import { createClaimActivities } from './preflight/claim';
import type { Deps } from './deps';
import { createDrainActivities } from './drain/activities';
import { createDryRunActivities } from './dry-run/activities';
import { createEvidenceActivities } from './evidence/activities';
import { createGiveUpActivities } from './give-up';
import { createFrontActivities } from './front/activities';
import { createJoinActivities } from './join/activities';
import { createNodeActivities } from './nodes/activities';
import { createObserveActivities } from './observe/activities';
import { createPreflightClusterActivities } from './preflight/cluster/activities';
import { createPreflightHostActivities } from './preflight/host/activities';
import { createQuorumActivities } from './switch/quorum';
import { createRedirectActivities } from './redirect/activities';
import { createReplicateActivities } from './replicate/activities';
import { createRollbackActivities } from './rollback/activities';
import { createSurveyActivities } from './clean-up/survey';
import { createTeardownActivities } from './teardown/activities';
import { createUndoActivities } from './rollback/undo';

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
    ...createGiveUpActivities(deps),
    ...createObserveActivities(deps),
    ...createReportActivities(deps),
  };
}
