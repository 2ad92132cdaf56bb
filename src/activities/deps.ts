import type { Looking, Scope } from '../elasticsearch/scope';
import type { Secrets } from '../secrets/secrets';
import type { Server } from './temporal';

/** What activities are made from; tests give their own. */
export interface Deps extends Looking {
  /** The scope of the migration whose activity is running; connections are pooled behind it. */
  scope(): Promise<Scope>;
  secrets: Secrets;
  /** The Temporal server that asks. */
  server: Server;
}
