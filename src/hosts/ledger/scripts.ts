import { fenceScript, type Fence } from '../fence';
import { ENVIRONMENT, quote } from '../script';
import type { HostStep } from '../step';
import type { UndoSelector } from '../hosts';

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
    rm -f "$BASE/undo-all.sh"
    rmdir "$BASE" 2>/dev/null || true
    rmdir "$ROOT" 2>/dev/null || true
    rm -f "$LOCK"
  fi
}
`;
}

/** Output goes to a file, not to the connection: a lost connection must not end an installation half-way. */
const LOG_TO_FILE = `trap '' HUP
OUTPUT=$(mktemp)
trap 'rm -f "$OUTPUT"' EXIT
trap 'exit 143' TERM INT PIPE
`;

/** Runs one fragment with \`set -eu\` in a shell of its own, outside any condition, since those switch \`-e\` off. */
function fragment(body: string): string {
  return `set +e
( set -eu; umask 022; cd /
${body}
) >"$OUTPUT" 2>&1 9>&-
RC=$?
set -e
`;
}

const REPORT_FAILURE = (part: string) => `if [ "$RC" -ne 0 ]; then
  tail -c 4000 "$OUTPUT" >&2
  answer '{"failed":"${part}","code":'"$RC"'}'
  exit 1
fi
`;

/** Writes text to a file whose path may hold shell variables; no line of the text is changed. */
export function writeFile(path: string, text: string): string {
  const end = 'BIGSWITCH_END_OF_FILE';
  if (text.split('\n').includes(end)) throw new Error(`a ledger file contains the line ${end}`);
  return `cat >"${path}" <<'${end}'\n${text.endsWith('\n') ? text : `${text}\n`}${end}\n`;
}

/**
 * The whole step as one script: check → save and record the undo → apply → verify. Answers `{"changed":…,"at":…}` or
 * `{"failed":"save"|"apply"|"verify","code":n}`.
 * @throws Error when the undo, which is kept on the host, would hold a secret
 */
export function applyScript(place: LedgerPlace, host: string, step: HostStep, fence?: Fence): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(step.id)) throw new Error(`"${step.id}" is not an id for a step`);
  for (const [part, body] of [
    ['check', step.check],
    ['verify', step.verify ?? ''],
    ['undone', step.undone ?? ''],
  ] as const) {
    // POSIX: `set -e` ignores a pipeline that begins with !, so such a line would prove nothing. What is in quotes is for
    // another shell: a command of the plan, without `-e`.
    if (/^[ \t]*! /m.test(body.replace(/'[^']*'/g, "''"))) {
      throw new Error(`step ${step.id}: a line of its ${part} begins with "!"; write "if …; then exit 1; fi"`);
    }
  }
  for (const [name, value] of Object.entries(step.secrets ?? {})) {
    if (value.length >= 4 && [step.undo, step.undone ?? '', step.summary].some((kept) => kept.includes(value))) {
      throw new Error(`step ${step.id} would keep the secret ${name} in its record`);
    }
  }
  return `${common(place)}take_lock
${fenceScript(place.migration, fence)}${LOG_TO_FILE}mkdir -p "$STEPS"
rm -rf "$STEPS"/.new-* "$STEPS"/.gone-*
RECORD=
for d in "$STEPS"/[0-9]*-${quote(step.id)}; do
  case "\${d##*/}" in [0-9][0-9][0-9][0-9]-${quote(step.id)}) RECORD=$d ;; esac
done
if [ ! -d "$RECORD" ]; then RECORD=; fi
BACKUP=\${RECORD:-$STEPS/.new-step}/backup
${fragment(step.check)}if [ "$RC" -eq 0 ]; then
  if [ -n "$RECORD" ]; then
    answer '{"changed":true,"at":"'"$(cat "$RECORD/at")"'"}'
  else
    tidy
    answer '{"changed":false,"at":"'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'"}'
  fi
  exit 0
fi
if [ -z "$RECORD" ]; then
  NEW=$STEPS/.new-step
  mkdir -p "$NEW/backup"
  BACKUP=$NEW/backup
${fragment(step.save ?? ':')}  if [ "$RC" -ne 0 ]; then
    rm -rf "$NEW"
    tidy
  fi
${REPORT_FAILURE('save')}  printf '%s\\n' ${quote(step.phase)} >"$NEW/phase"
  printf '%s\\n' ${quote(step.summary)} >"$NEW/summary"
  date -u +%Y-%m-%dT%H:%M:%SZ >"$NEW/at"
${step.undoSeconds === undefined ? '' : `  echo ${step.undoSeconds} >"$NEW/undo-seconds"\n`}${writeFile('$NEW/undo.sh', undoFile(place, host, step))}  if [ ! -e "$BASE/undo-all.sh" ]; then
${writeFile('$BASE/.undo-all.sh', undoAllFile(place, host))}    mv "$BASE/.undo-all.sh" "$BASE/undo-all.sh"
  fi
  LAST=$(ls -1 "$STEPS" | sed -n 's/^\\([0-9][0-9][0-9][0-9]\\)-.*/\\1/p' | sort | tail -n 1 | sed 's/^0*//')
  RECORD=$STEPS/$(printf '%04d' $((\${LAST:-0} + 1)))-${quote(step.id)}
  # On the disk before anything is changed: a host that loses power now still knows its way back.
  find "$NEW" "$BASE/undo-all.sh" -exec sync {} +
  mv "$NEW" "$RECORD"
  sync "$STEPS" "$BASE"
fi
BACKUP=$RECORD/backup
${fragment(step.apply)}${REPORT_FAILURE('apply')}${fragment(step.verify ?? step.check)}${REPORT_FAILURE('verify')}answer '{"changed":true,"at":"'"$(cat "$RECORD/at")"'"}'
`;
}

/** `undo.sh` of one step: complete, so that a person can run it by hand. */
function undoFile(place: LedgerPlace, host: string, step: HostStep): string {
  return `#!/bin/sh
# bigswitch, migration ${place.migration}, host ${host}, phase ${step.phase}, step ${step.id}
# Takes back: ${step.summary.replaceAll('\n', ' ')}
# By hand, as root: sh THIS_FILE  (running it twice does no harm). All steps: sh ${place.root}/${place.migration}/undo-all.sh
set -eu
${ENVIRONMENT}umask 022
BACKUP=$(cd "$(dirname "$0")" && pwd)/backup
${step.undone === undefined ? '' : lookFirst(step.undone)}${step.undo}
`;
}

/** An earlier try may have done all of it, and only not have been heard, or not have waited long enough. */
function lookFirst(undone: string): string {
  return `set +e
( set -eu
${undone}
)
LOOKED=$?
set -e
if [ "$LOOKED" -eq 0 ]; then echo "taken back already"; exit 0; fi
`;
}

/** Undoes the records that \`wanted\` (a shell condition on $id and $phase) picks, newest first. */
function undoLoop(wanted: string): string {
  return `rm -rf "$STEPS"/.new-* "$STEPS"/.gone-*
for name in $(ls -1r "$STEPS" 2>/dev/null); do
  dir=$STEPS/$name id=\${name#????-} phase=$(cat "$STEPS/$name/phase")
  ${wanted} || continue
  set +e
  sh "$dir/undo.sh" >"$OUTPUT" 2>&1 9>&-
  RC=$?
  set -e
  if [ "$RC" -ne 0 ]; then
    tail -c 4000 "$OUTPUT" >&2
    answer '{"failed":"undo","step":"'"$id"'","code":'"$RC"'}'
    exit 1
  fi
  # Away in one move, so that no half-removed record is ever seen.
  mv "$dir" "$STEPS/.gone-$name"
  rm -rf "$STEPS/.gone-$name"
  answer '{"undone":"'"$id"'"}'
done
tidy
`;
}

/** A shell condition on $id and $phase: whether a record is one of these. */
export function isChosen(selector: UndoSelector): string {
  const among = (variable: string, values: string[] | undefined) =>
    values === undefined
      ? 'true'
      : `case ${quote(` ${values.join(' ')} `)} in *" $${variable} "*) true ;; *) false ;; esac`;
  return `{ ${among('phase', selector.phases)}; } && { ${among('id', selector.steps)}; }`;
}

/** Undoes recorded steps, newest first. Answers one \`{"undone":id}\` for each, at last perhaps \`{"failed":"undo",…}\`. */
export function undoScript(place: LedgerPlace, selector: UndoSelector = {}, fence?: Fence): string {
  return `${common(place)}take_lock
${fenceScript(place.migration, fence, true)}${LOG_TO_FILE}${undoLoop(isChosen(selector))}`;
}

/** `undo-all.sh`: the same for a person without bigswitch. */
function undoAllFile(place: LedgerPlace, host: string): string {
  return `#!/bin/sh
# bigswitch, migration ${place.migration}, host ${host}: takes back every recorded step on this host, newest first.
# By hand, as root: sh THIS_FILE. It stops at the first step that can't be taken back; correct that and run it again.
# What a service holds and who uses it is not asked: on a new host first see that its node holds no shard (docs/EMERGENCY.md).
{
${common(place)}take_lock
${LOG_TO_FILE}${undoLoop('true')}if [ ! -e "$BASE" ]; then
  # With nothing left to take back, the host is free for others.
  release
  rmdir "$ROOT" 2>/dev/null || true
fi
if [ -d "$RECORDS" ]; then echo "left: $RECORDS (what the cluster's settings were before; see the runbook)"; fi
exit 0
}
`;
}

/** Ends the record on a host; what was changed there stays. */
export function forgetScript(place: LedgerPlace, fence?: Fence): string {
  return `${common(place)}take_lock
${fenceScript(place.migration, fence, true)}rm -rf "$BASE"
release
rmdir "$ROOT" 2>/dev/null || true
rm -f "$LOCK"
`;
}
