import type { JudgedClaim } from '../claim';
import type { HostRole } from '../../plan/schema';
import type { LedgerEntry } from '../ledger';
import type { Catalogue } from './catalogue';

/** What one host has recorded of a migration. */
export interface HostSurvey {
  host: string;
  role: HostRole;
  /** Recorded steps, oldest first. */
  steps: LedgerEntry[];
  /** Who holds the host. */
  claim?: JudgedClaim;
  /** Whether Elasticsearch runs there; absent where there is none. */
  running?: boolean;
}

/** What hosts and hub know of a migration, without any run of it. */
export interface Survey {
  hosts: HostSurvey[];
  /** Recorded changes of the cluster, oldest first. */
  cluster: LedgerEntry[];
  /** Whether the hub still keeps what the cluster's settings were before join. */
  settingsKept: boolean;
  /** Whether teardown had begun. */
  tearingDown: boolean;
}

/** After a run that was terminated. */
export interface CleanUpActivities {
  /** Reads what hosts and hub have recorded, after steps that are under way there have ended. Read-only. */
  surveyHosts(): Promise<Survey>;
}

/** Their kinds and summaries. */
export const CLEAN_UP: Catalogue<CleanUpActivities> = {
  surveyHosts: ['look', 'find out how far the run before had come'],
};
