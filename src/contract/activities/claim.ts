import type { Catalogue } from './catalogue';
import type { OnHost } from './on-host';

/** Who holds a host. */
export interface ClaimActivities {
  /**
   * Makes a host this run's own: of workflow `owner`, in the chain that begins with `run`. With `from`, what that one holds is
   * taken over, and all that it has under way is refused. @throws PreflightFailed that names who holds it
   */
  claimHost(input: OnHost & { owner: string; run: string; from?: string }): Promise<void>;
  /** Gives up the claim that this run has of a host; any other one stays. */
  releaseHost(input: OnHost & { owner: string; run: string }): Promise<void>;
}

/** Their kinds and summaries. */
export const CLAIM: Catalogue<ClaimActivities> = {
  claimHost: ['change', ({ host }) => `claim ${host}`],
  releaseHost: ['undo', ({ host }) => `give up the claim of ${host}`],
};
