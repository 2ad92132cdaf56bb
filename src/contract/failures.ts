/** Types of failures that no retry can cure; each says why a person is needed. */
export const FAILURES = {
  /** The plan can't be used. */
  INVALID_PLAN: 'InvalidPlan',
  /** A preflight check failed and was not waived. */
  PREFLIGHT_FAILED: 'PreflightFailed',
  /** A host's key is not the pinned one, or login was refused. */
  SSH_REFUSED: 'SshRefused',
  /** A step's verify said no after its apply. */
  STEP_FAILED: 'StepFailed',
  /** A secret reference can't be resolved on this worker. */
  SECRET_MISSING: 'SecretMissing',
  /** The cluster is not what the plan says, or a request was refused as wrong. */
  CLUSTER_REFUSED: 'ClusterRefused',
  /** A proof did not hold; nothing was changed by it. */
  PROOF_FAILED: 'ProofFailed',
  /** An app did not work with the fronts; its old configuration is back. */
  APP_RETURNED: 'AppReturned',
  /** An attempt that was given up, or a call that is over, wanted to act; nothing was done. */
  GIVEN_UP: 'GivenUp',
  /** A host is not, or no more, held by the run that wanted to change it; nothing was done. */
  NOT_HELD: 'NotHeld',
  /** A drain that nobody asked for: no parent that waits for it, in this run, at this node. */
  NOT_ASKED: 'NotAsked',
  /** The word that this is done on was given in another run: this one was made by a reset. Nothing was done. */
  OTHER_RUN: 'OtherRun',
  /** Before the first change behind a gate the word became too old, or the run was held; nothing was done. */
  TOO_LATE: 'TooLate',
  /** The plan has no such host, or no more: it was given up. */
  NO_SUCH_HOST: 'NoSuchHost',
  /** What was to be done is about a host that was given up. */
  HOST_GIVEN_UP: 'HostGivenUp',
} as const;

/** Type of a failure that a retry may cure: the host could not be reached, or the connection to it was lost. */
export const HOST_UNREACHABLE = 'HostUnreachable';

/** One of the failure types. */
export type FailureType = (typeof FAILURES)[keyof typeof FAILURES];
