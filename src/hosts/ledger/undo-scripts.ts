import { TELLING_STEPS } from '../../contract/ledger';
import { fenceScript, type Fence } from '../fence';
import { ENVIRONMENT, quote } from '../script';
import type { HostStep } from '../step';
import type { UndoSelector } from '../hosts';
import { common, LOG_TO_FILE, type LedgerPlace } from './place';

/** Argument with which an undo script does not ask whom it harms. */
const FORCE = '--force';

/** `undo.sh` of one step: complete, so that a person can run it by hand. */
export function undoFile(place: LedgerPlace, host: string, step: HostStep): string {
  return `#!/bin/sh
# bigswitch, migration ${place.migration}, host ${host}, phase ${step.phase}, step ${step.id}
# Takes back: ${step.summary.replaceAll('\n', ' ')}
# By hand, as root: sh THIS_FILE  (running it twice does no harm; --force passes over the question whom it harms). All steps: sh ${place.root}/${place.migration}/undo-all.sh
set -eu
${ENVIRONMENT}umask 022
BACKUP=$(cd "$(dirname "$0")" && pwd)/backup
${step.undone === undefined ? '' : lookFirst(step.undone)}${step.harmless === undefined ? '' : askFirst(step.harmless)}${step.undo}
`;
}

/** The worker has proved more, and says \`--force\`; so may a person who knows better. */
function askFirst(harmless: string): string {
  return `if [ "\${1:-}" != ${FORCE} ]; then
set +e
( set -eu
${harmless}
)
ASKED=$?
set -e
if [ "$ASKED" -ne 0 ]; then echo "nothing was taken back; to do it all the same: sh $0 ${FORCE}" >&2; exit 1; fi
fi
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

/** Undoes the records that \`wanted\` (a shell condition on $id and $phase) picks, newest first. @param force as in a script */
function undoLoop(wanted: string, force: string): string {
  return `rm -rf "$STEPS"/.new-* "$STEPS"/.gone-*
for name in $(ls -1r "$STEPS" 2>/dev/null); do
  dir=$STEPS/$name id=\${name#????-} phase=$(cat "$STEPS/$name/phase")
  ${wanted} || continue
  set +e
  sh "$dir/undo.sh" ${force} >"$OUTPUT" 2>&1 8>&- 9>&-
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
${fenceScript(place.migration, fence, true)}${LOG_TO_FILE}${undoLoop(isChosen(selector), FORCE)}`;
}

/** `undo-all.sh`: the same for a person without bigswitch. */
export function undoAllFile(place: LedgerPlace, host: string): string {
  return `#!/bin/sh
# bigswitch, migration ${place.migration}, host ${host}: takes back every recorded step on this host, newest first.
# By hand, as root: sh THIS_FILE. It stops at the first step that can't be taken back; correct that and run it again.
# It also stops where that would harm somebody: at a node that holds shards, a front that is in use, a redirect over which nodes
# talk. With --force nobody asks (docs/EMERGENCY.md).
FORCE=\${1:-}
{
${common(place)}take_lock
${LOG_TO_FILE}${undoLoop('true', '"$FORCE"')}if [ ! -e "$BASE" ]; then
  # With nothing left to take back, the host is free for others.
  release
  rmdir "$ROOT" 2>/dev/null || true
fi
if [ -d "$RECORDS" ]; then echo "left: $RECORDS (what the cluster's settings were before; see the runbook)"; fi
exit 0
}
`;
}

/**
 * `finish-all.sh`: what a teardown does on a host, for a person without bigswitch. Redirect and bridge go, and on an old host whose
 * node was stopped its files come back; what is to stay, stays.
 */
export function finishAllFile(place: LedgerPlace, host: string): string {
  const having = (step: string) => `ls "$STEPS" | grep -q -- '^[0-9]*-${step}$'`;
  return `#!/bin/sh
# bigswitch, migration ${place.migration}, host ${host}: ends the move on this host when every old node was drained, and the apps use the fronts.
# By hand, as root: sh THIS_FILE. It takes back redirect and bridge, on an old host also the changes of elasticsearch.yml, and
# nothing else. It stops at the first step that can't be taken back, and where that would harm somebody, as undo-all.sh does; with --force
# nobody asks (docs/EMERGENCY.md).
FORCE=\${1:-}
{
${common(place)}take_lock
if [ ! -d "$STEPS" ]; then echo "nothing is left to be ended here"; exit 0; fi
JOINED=$(cat "$STEPS"/*/phase | grep -cx join || true)
PHASES=' redirect bridge '
if ${having(TELLING_STEPS.NODE_STOPPED)}; then PHASES=' redirect bridge join '
elif [ "$JOINED" -gt 0 ] && ! ${having(TELLING_STEPS.NODE_STARTED)} && [ "$FORCE" != ${FORCE} ]; then
  echo "the node of this host was not drained, so the move is not at its end: drain it, or go back by undo-all.sh; to end it all the same: sh $0 ${FORCE}" >&2
  exit 1
fi
${LOG_TO_FILE}${undoLoop('case "$PHASES" in *" $phase "*) true ;; *) false ;; esac', '"$FORCE"')}if [ -d "$STEPS" ]; then
  echo "what stays for good:"
  for name in $(ls -1 "$STEPS"); do echo "  $(cat "$STEPS/$name/summary")"; done
fi
if [ ! -e "$BASE" ]; then
  release
  rmdir "$ROOT" 2>/dev/null || true
  echo "nothing is left here"
  exit 0
fi
if [ -d "$RECORDS" ]; then echo "the cluster's settings before the move: $RECORDS (put them back before you remove it; see docs/EMERGENCY.md)"; fi
echo "there is no way back from here: rm -rf $BASE $CLAIM"
exit 0
}
`;
}
