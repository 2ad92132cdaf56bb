import { ENVIRONMENT, quote } from '../script';

/** Where the ledger of one migration lies on a host. */
export interface LedgerPlace {
  /** Folder of all ledgers, for example `/var/lib/bigswitch`. */
  root: string;
  /** Folder for lock files, for example `/run`; nobody but root may write there. */
  locks: string;
  /** Seconds to wait for the lock; default {@link LOCK_SECONDS}. */
  lockSeconds?: number;
  migration: string;
}

/** Begins each line with which a ledger script answers on stdout. */
export const ANSWER = '##bigswitch';
/** Seconds that a script waits for another one of the same migration on the same host. */
export const LOCK_SECONDS = 120;
/** Exit code when the lock was not had in time. */
export const LOCK_BUSY = 75;

/** Shell variables and functions that every ledger script shares. */
export function common({ root, locks, migration, lockSeconds = LOCK_SECONDS }: LedgerPlace): string {
  return `${ENVIRONMENT}set -eu
umask 077
ROOT=${quote(root)} BASE=${quote(`${root}/${migration}`)} LOCK=${quote(`${locks}/bigswitch-${migration}.lock`)}
STEPS=$BASE/steps RECORDS=$BASE/records CLAIM=$ROOT/claim FENCE=$ROOT/fence
answer() { printf '%s %s\\n' '${ANSWER}' "$1"; }
take_lock() {
  mkdir -p ${quote(locks)}
  while :; do
    exec 9>>"$LOCK"
    flock -w ${lockSeconds} 9 || { echo "another step of this migration has held $LOCK for ${lockSeconds} s" >&2; exit ${LOCK_BUSY}; }
    # Who held it before may have removed the file at its end; then this lock keeps nobody out.
    [ "$(stat -Lc %d:%i /proc/self/fd/9)" = "$(stat -c %d:%i "$LOCK" 2>/dev/null)" ] && break
  done
}
release() {
  case "$(readlink "$CLAIM" || true)" in ${quote(`${migration} `)}*) rm -f "$CLAIM" "$FENCE" "$FENCE.new" ;; esac
}
tidy() {
  rmdir "$STEPS" "$RECORDS" 2>/dev/null || true
  if [ ! -e "$STEPS" ] && [ ! -e "$RECORDS" ]; then
    rm -f "$BASE/undo-all.sh" "$BASE/finish-all.sh"
    rmdir "$BASE" 2>/dev/null || true
    rmdir "$ROOT" 2>/dev/null || true
    rm -f "$LOCK"
  fi
}
`;
}

/**
 * Output goes to a file, not to the connection: a lost connection must not end an installation half-way. The file has no name
 * from the start, so that nothing of it is left however the script ends.
 */
export const LOG_TO_FILE = `trap '' HUP
OUTPUT=$(mktemp)
exec 8<>"$OUTPUT"
rm -f "$OUTPUT"
OUTPUT=/proc/self/fd/8
trap 'exit 143' TERM INT PIPE
`;
