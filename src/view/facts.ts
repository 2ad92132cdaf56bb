import type { Evidence } from '../contract/evidence';
import type { Audit, Status } from '../contract/messages';
import type { Watched } from '../contract/places';
import type { Sample } from '../contract/progress';
import type { Plan } from '../plan/schema';

/** Everything that is known of a migration at one moment, as it was answered. */
export interface Facts {
  workflowId: string;
  runId: string;
  /** Temporal's own word for the run, for example `RUNNING`. */
  execution: string;
  /** Milliseconds since the epoch at which it was looked at. */
  at: number;
  plan: Plan;
  status: Status;
  audit: Audit;
  /** Evidence of the open gate, or of the last one. */
  evidence: Evidence | null;
  /** Samples that the run keeps. */
  samples: Sample[];
  /** What the watch that is under way has told since. */
  watched?: Watched;
  /** Why what is shown may be old, one sentence. */
  problem?: string;
}
