import { PREFLIGHT, type PreflightActivities } from './preflight';
import { CLAIM, type ClaimActivities } from './claim';
import { BRIDGE, type BridgeActivities } from './bridge';
import { REDIRECT, type RedirectActivities } from './redirect';
import { JOIN, type JoinActivities } from './join';
import { REPLICATE, type ReplicateActivities } from './replicate';
import { FRONT, type FrontActivities } from './front';
import { GATE, type GateActivities } from './gate';
import { SWITCH, type SwitchActivities } from './switch';
import { DRAIN, type DrainActivities } from './drain';
import { TEARDOWN, type TeardownActivities } from './teardown';
import { CLEAN_UP, type CleanUpActivities } from './clean-up';
import { ROLLBACK, type RollbackActivities } from './rollback';
import { GIVE_UP, type GiveUpActivities } from './give-up';
import { OBSERVE, type ObserveActivities } from './observe';
import { REPORT, type ReportActivities } from './report';
import { CHANGING, type Catalogue } from './catalogue';

export type * from './preflight';
export type * from './claim';
export type * from './bridge';
export type * from './redirect';
export type * from './join';
export type * from './replicate';
export type * from './front';
export type * from './gate';
export type * from './switch';
export type * from './drain';
export type * from './teardown';
export type * from './clean-up';
export type * from './rollback';
export type * from './give-up';
export type * from './observe';
export type * from './report';
export type { OnHost } from './on-host';

/**
 * Everything the workflow can ask of the world. Each is idempotent: run twice, it changes nothing the second time.
 * The plan is not passed along: each activity asks its own workflow for it (query `plan`), so that inputs stay
 * small and readable in the UI, with a thousand hosts too.
 *
 * Non-retryable failures are `ApplicationFailure`s with a type from `FAILURES` (src/contract/failures.ts).
 */
export interface Activities
  extends
    PreflightActivities,
    ClaimActivities,
    BridgeActivities,
    RedirectActivities,
    JoinActivities,
    ReplicateActivities,
    FrontActivities,
    GateActivities,
    SwitchActivities,
    DrainActivities,
    TeardownActivities,
    CleanUpActivities,
    RollbackActivities,
    GiveUpActivities,
    ObserveActivities,
    ReportActivities {}

/**
 * The one list of activities, in the order of the story: workflows, worker, lab and chaos take theirs from here. The compiler
 * says which one is missing, here and in `createActivities`.
 */
export const CATALOGUE: Catalogue<Activities> = {
  ...PREFLIGHT,
  ...CLAIM,
  ...BRIDGE,
  ...REDIRECT,
  ...JOIN,
  ...REPLICATE,
  ...FRONT,
  ...GATE,
  ...SWITCH,
  ...DRAIN,
  ...TEARDOWN,
  ...CLEAN_UP,
  ...ROLLBACK,
  ...GIVE_UP,
  ...OBSERVE,
  ...REPORT,
};

/** Name of an activity. */
export type ActivityName = keyof Activities;

/** Every activity by name, in the order of the story. */
export const ACTIVITY_NAMES = Object.keys(CATALOGUE) as readonly ActivityName[];

/** Those that change something or move shards. */
export const CHANGES: readonly string[] = ACTIVITY_NAMES.filter((name) => CHANGING.has(CATALOGUE[name][0]));

/** Those that only look, on the way forward. */
export const LOOKS: readonly string[] = ACTIVITY_NAMES.filter(
  (name) => CATALOGUE[name][0] === 'look' && !(name in ROLLBACK) && !(name in CLEAN_UP),
);
