import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../contract/failures';
import type { Owner, Under } from '../contract/under';
import { quote } from './script';

/** What a script that changes a host carries: under what it acts, and in which attempt. */
export interface Fence extends Under {
  attempt: number;
}

/**
 * Asked right before each script: whether the running activity may still act, and under what. Undefined where nothing may
 * be changed.
 * @throws CancelledFailure when it was cancelled; ApplicationFailure GivenUp when the server may have given it up
 */
export type MayAct = () => Promise<Fence | undefined>;

/** Exit code of a script that came too late: a call that is over, or an attempt that a later one has replaced. */
export const TOO_LATE = 76;
/** Exit code of a script on a host that its run does not hold. */
export const NOT_HELD = 77;

/** A claim of one run, as a shell pattern. */
export function claimPattern(migration: string, run: string): string {
  return `${quote(`${migration} {`)}*${quote(`"run":${JSON.stringify(run)}`)}*`;
}

/**
 * What a run holds, as a shell pattern. A claim of an older release names the workflow only: no run gets as far as to act
 * under one unless it has made it.
 */
export function heldPattern(migration: string, { workflow, run }: Owner): string {
  return `${claimPattern(migration, run)}|${quote(`${migration} ${workflow}`)}`;
}

/**
 * Refuses, under the lock of the ledger, what was given up, and notes what is newer. The number of an attempt is on the
 * host before anything else is done.
 * @param fence undefined outside a run, where nobody else can act
 * @param orNothing what has nothing to take back ends well where nothing is recorded and nobody holds the host
 */
export function fenceScript(migration: string, fence: Fence | undefined, orNothing = false): string {
  if (fence === undefined) return '';
  const { call, oldest, attempt } = fence;
  return `case "$(readlink "$CLAIM" || true)" in
  ${heldPattern(migration, fence)}) ;;
  *)
    ${orNothing ? 'if [ ! -L "$CLAIM" ] && [ ! -e "$BASE" ]; then tidy; exit 0; fi\n    ' : ''}echo "held by: $(readlink "$CLAIM" || echo nobody)" >&2
    tidy
    exit ${NOT_HELD}
    ;;
esac
FLOOR=0 LATEST=0
if [ -e "$FENCE" ]; then
  while read -r number value; do
    case $number in floor) FLOOR=$value ;; ${call}) LATEST=$value ;; esac
  done <"$FENCE"
fi
if [ ${call} -lt "$FLOOR" ] || [ ${attempt} -lt "$LATEST" ]; then
  echo "attempt ${attempt} of call ${call} came too late: everything before call $FLOOR is over, attempt $LATEST was here" >&2
  tidy
  exit ${TOO_LATE}
fi
if [ ${oldest} -gt "$FLOOR" ] || [ ${attempt} -gt "$LATEST" ]; then
  if [ ${oldest} -gt "$FLOOR" ]; then FLOOR=${oldest}; fi
  {
    echo "floor $FLOOR"
    echo "${call} ${attempt}"
    if [ -e "$FENCE" ]; then
      while read -r number value; do
        case $number in floor|${call}) ;; *) if [ "$number" -ge "$FLOOR" ]; then echo "$number $value"; fi ;; esac
      done <"$FENCE"
    fi
  } >"$FENCE.new"
  sync "$FENCE.new"
  mv "$FENCE.new" "$FENCE"
fi
touch -h "$CLAIM"
`;
}

/** A failure of an attempt that may not act any more: the server has given it up, or may have. */
export function givenUp(why: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`nothing was done: ${why}`, FAILURES.GIVEN_UP);
}

/** Whether a host refused a script, and why, as a failure. A later call of the same run may do what this one may not. */
export function refusedByHost(host: string, code: number | null, stderr: string): ApplicationFailure | undefined {
  const why = stderr.trim();
  if (code === TOO_LATE) return givenUp(`${host}: ${why}`);
  if (code !== NOT_HELD) return undefined;
  return ApplicationFailure.nonRetryable(
    `${host} is not held by this run any more, so nothing was changed there; ${why}`,
    FAILURES.NOT_HELD,
  );
}
