import type { Logger } from 'pino';
import type { Hosts } from '../hosts/hosts';
import type { Plan } from '../plan/schema';
import type { ClusterAccess } from './client/access';

/** The plan and the world as one migration's activities see them. */
export interface Scope {
  plan: Plan;
  hosts: Hosts;
  cluster: ClusterAccess;
}

/** How something that waits for the cluster tells that it lives, and notices that it is not wanted any more. */
export interface Waiting {
  /** Reports progress and notices cancellation; outside an activity it does nothing. */
  heartbeat(details?: unknown): void;
  /** Waits so many milliseconds, and ends early with a cancellation. */
  sleep(milliseconds: number): Promise<void>;
}

/** The same, for a look that takes long enough to be told of in the log. */
export interface Looking extends Waiting {
  log: Logger;
}
