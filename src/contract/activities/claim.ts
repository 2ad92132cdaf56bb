import type { Catalogue } from './catalogue';
import type { OnHost } from './on-host';

/** Who holds a host. */
export interface ClaimActivities {
  /** Makes a host this workflow's own. @throws PreflightFailed that names the migration which holds it */
  claimHost(input: OnHost & { owner: string }): Promise<void>;
  /** Gives up the claim that this workflow has of a host; any other one stays. */
  releaseHost(input: OnHost & { owner: string }): Promise<void>;
}

/** Their kinds and summaries. */
export const CLAIM: Catalogue<ClaimActivities> = {
  claimHost: ['change', ({ host }) => `claim ${host}`],
  releaseHost: ['undo', ({ host }) => `give up the claim of ${host}`],
};
