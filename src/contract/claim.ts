import type { Owner } from './under';

/** Who claims: a run of a workflow, and the server and namespace that it is of. */
export interface Claimer extends Owner {
  namespace: string;
  /** Id of the Temporal cluster. */
  server: string;
}

/** Who holds a host: one chain of runs of one workflow on one Temporal server. */
export interface Claim {
  /** Name of the plan. */
  migration: string;
  /** Id of the workflow; empty where an older record does not tell. */
  owner: string;
  /** First run of its chain; absent, as what follows, in a claim of an older release. */
  run?: string;
  namespace?: string;
  /** Id of the Temporal cluster, which no two servers share. */
  server?: string;
  /** Seconds since it was made or renewed, by the clock of the host. */
  age?: number;
}

/** A claim, and whether its run is known to be over. */
export interface JudgedClaim extends Claim {
  /** Its run was of this server and namespace, and is closed. False where that can't be known. */
  over: boolean;
}

/** The one word that names who holds a host: the first run of its chain, or its workflow where an older claim tells no more. */
export function ownerWord({ run, owner, migration }: Claim): string {
  return run ?? (owner === '' ? migration : owner);
}

/** Who holds it, where and how fresh that is, for a person. */
export function claimSentence(claim: Claim): string {
  const { migration, owner, run, namespace, server, age } = claim;
  if (owner === '') return `"${migration}"`;
  const where = run === undefined ? [] : [`run ${run}`, `namespace "${namespace}" of Temporal cluster ${server}`];
  const fresh = age === undefined ? [] : [`renewed ${ageSentence(age)} ago`];
  return `"${migration}" (${[`workflow ${owner}`, ...where, ...fresh].join(', ')})`;
}

function ageSentence(seconds: number): string {
  if (seconds < 120) return `${Math.max(0, seconds)} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
