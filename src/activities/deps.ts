import type { Logger } from 'pino';
import type { ClusterAccess } from '../elasticsearch/client/access';
import type { Hosts } from '../hosts/hosts';
import type { Plan } from '../plan/schema';

/** Resolves secret references on the worker. */
export interface Secrets {
  /** @throws ApplicationFailure SecretMissing that names the reference, never a value */
  resolve(ref: string): Promise<string>;
}

/** The plan and the world as one migration's activities see them. */
export interface Scope {
  plan: Plan;
  hosts: Hosts;
  cluster: ClusterAccess;
}

/** What activities are made from; tests give their own. */
export interface Deps {
  /** The scope of the migration whose activity is running; connections are pooled behind it. */
  scope(): Promise<Scope>;
  secrets: Secrets;
  log: Logger;
  /** Reports progress and notices cancellation; outside an activity it does nothing. */
  heartbeat(details?: unknown): void;
  /** Waits, and ends early with a cancellation. */
  sleep(milliseconds: number): Promise<void>;
}
