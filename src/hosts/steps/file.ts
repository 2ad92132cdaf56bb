import { createHash } from 'node:crypto';
import type { Phase } from '../../contract/phases';
import { quote } from '../script';
import { TARGET_FUNCTIONS } from '../target';
import type { HostStep, Showable } from '../step';

/** A file as it is to be on a host. */
export interface FileStepInput {
  phase: Phase;
  id: string;
  summary: string;
  /** Absolute path; where it is a symbolic link, the file it points to is replaced. */
  path: string;
  content: string;
  /** Octal mode, for example `0640`; default: as the file has it, 0644 for a new one. */
  mode?: string;
  /** `user:group`; default: as the file has it, `root:root` for a new one. */
  owner?: string;
  /** The content has a secret: it travels as a secret, and only the old file is ever kept. */
  secret?: boolean;
  /** What of such a file a dry run may show; default: nothing. */
  shows?: Showable;
  /** Commands after the file is in place, in `apply` only, for example a reload. */
  afterApply?: string;
  /** Commands after the old file is back, for example a restart. */
  afterUndo?: string;
  timeoutSeconds?: number;
}

/**
 * Writes one file, whole or not at all; the undo puts back the old one with owner and mode, or removes it. What others have
 * made of the file since is theirs: then the undo stops, until a person says that it may be left as it is.
 */
export function fileStep(input: FileStepInput): HostStep {
  const { phase, id, summary, path, content, mode, owner } = input;
  const sha256 = createHash('sha256').update(content).digest('hex');
  const base64 = Buffer.from(content).toString('base64');
  const wanted = [
    'open_there',
    `[ "$(sum /proc/self/fd/7)" = ${sha256} ]`,
    ...(mode === undefined ? [] : [`[ "$(stat -Lc %a /proc/self/fd/7)" = ${quote(mode.replace(/^0+(?=\d)/, ''))} ]`]),
    ...(owner === undefined ? [] : [`[ "$(stat -Lc %U:%G /proc/self/fd/7)" = ${quote(owner)} ]`]),
  ];
  return {
    phase,
    id,
    summary,
    check: [LOOKING, `locate ${quote(path)}`, 'enter', ...wanted].join('\n'),
    save: `${LOOKING}locate ${quote(path)}
printf %s "$TARGET" >"$BACKUP/target"
if [ -e "$TARGET" ]; then
  enter
  open_there
  cp -p /proc/self/fd/7 "$BACKUP/file"
else
  : >"$BACKUP/folders"
  folder=$(dirname "$TARGET")
  while [ ! -d "$folder" ]; do
    printf '%s\\n' "$folder" >>"$BACKUP/folders"
    folder=$(dirname "$folder")
  done
fi`,
    apply: `${LOOKING}${WRITING}locate ${quote(path)}
[ "$TARGET" = "$(cat "$BACKUP/target" 2>/dev/null || printf %s "$TARGET")" ] ||
  refuse ${quote(path)}" leads to $TARGET now, but $(cat "$BACKUP/target") was saved: take this step back first"
mkdir -p "$(dirname "$TARGET")"
enter
new_file
if [ -e "./$NAME" ]; then open_there; cp -p /proc/self/fd/7 /proc/self/fd/8; fi
printf %s ${input.secret ? '"$FILE_CONTENT"' : `'${base64}'`} | base64 -d >/proc/self/fd/8
[ "$(sum /proc/self/fd/8)" = ${sha256} ]
${attributes('chown', owner, 'root:root')}
${attributes('chmod', mode, '0644')}
printf '%s\\n' ${sha256} >>"$BACKUP/written"
sync "$BACKUP/written"
put_there
${input.afterApply ?? ''}`,
    undo: `${LOOKING}${WRITING}${restore(path)}go_out
${input.afterUndo ?? ''}`,
    ...(input.secret ? { secrets: { FILE_CONTENT: base64 } } : {}),
    effects: [{ kind: 'file', path, content, mode, owner, secret: input.secret, shows: input.shows }],
    ...(input.timeoutSeconds === undefined ? {} : { timeoutSeconds: input.timeoutSeconds }),
  };
}

/** What only looks; `sum FILE` prints its SHA-256. */
const LOOKING = `${TARGET_FUNCTIONS}sum() { sha256sum <"$1" | cut -d ' ' -f 1; }
`;

/**
 * `new_file` makes an empty one in the folder and opens it; its name is nobody's to guess, and is written down so that a
 * crash leaves nothing. `put_there` puts it in the place of the file, in one move; what runs afterwards (an app's restart) gets none of the open files.
 */
const WRITING = `discard() { if [ -e "$BACKUP/new" ]; then rm -f "$(cat "$BACKUP/new")" "$BACKUP/new"; fi; }
new_file() {
  discard
  NEW=.bigswitch-$(cat /proc/sys/kernel/random/uuid)
  printf %s "$FOLDER/$NEW" >"$BACKUP/new"
  umask 077
  set -C
  exec 8>"./$NEW"
  set +C
  umask 022
}
put_there() {
  if command -v restorecon >/dev/null; then restorecon "./$NEW" || true; fi
  sync /proc/self/fd/8
  mv -fT "./$NEW" "./$NAME"
  [ "$(stat -c %d:%i "./$NAME")" = "$(stat -Lc %d:%i /proc/self/fd/8)" ] || refuse "$TARGET was exchanged on the way"
  sync .
  rm -f "$BACKUP/new"
  go_out
}
go_out() { cd /; exec 7<&- 8<&-; }
`;

/** `ours SHA256`: whether any recorded step of this migration wrote that into the same file; several may, one after the other. */
const OURS = `ours() {
  for written in "$BACKUP/written" "$BACKUP"/../../*/backup/written; do
    if [ "$(cat "\${written%/*}/target" 2>/dev/null)" = "$WAS" ] && grep -qx "$1" "$written"; then return 0; fi
  done
  return 1
}
`;

/**
 * Puts the old file back in the very place where it was, or removes ours, unless it is neither as a step of ours wrote it nor
 * as it was before. A file, or a folder, that is gone is no reason to stop: nobody's change is lost.
 */
function restore(path: string): string {
  return `${OURS}restore() {
  discard
  WAS=$(cat "$BACKUP/target")
  by_hand="nothing was put back; the old file is $BACKUP/file (none: there was none). Make it as it should be by hand, then run: touch $BACKUP/leave"
  locate ${quote(path)}
  [ "$TARGET" = "$WAS" ] || [ ! -e "$TARGET" ] || refuse ${quote(path)}" leads to $TARGET now, but $WAS was changed: $by_hand"
  TARGET=$WAS
  if [ ! -d "\${WAS%/*}/" ]; then echo "$WAS: its folder is gone, so nothing is put back"; return 0; fi
  enter
  if [ -e "./$NAME" ] || [ -L "./$NAME" ]; then
    open_there
    now=$(sum /proc/self/fd/7)
    if [ -e "$BACKUP/file" ]; then before=$(sum "$BACKUP/file"); else before=none; fi
    [ "$now" = "$before" ] || ours "$now" ||
      refuse "$WAS was changed by others since: $by_hand"
  fi
  if [ -e "$BACKUP/file" ]; then
    new_file
    cp -p "$BACKUP/file" /proc/self/fd/8
    put_there
  else
    rm -f "./$NAME"
    cd /
    while read -r folder; do rmdir "$folder" 2>/dev/null || true; done <"$BACKUP/folders"
  fi
}
if [ -e "$BACKUP/leave" ]; then discard; echo ${quote(`${path} is left as it is, as a person said`)}
elif [ -e "$BACKUP/written" ]; then restore
else discard; fi
`;
}

/**
 * Exits 0 when the undo of a {@link fileStep} for this path has nothing to put back: it did, or nothing was written yet, or a
 * person said that the file may be left as it is. What the step's `afterUndo` does is not looked at.
 */
export function fileIsBack(path: string): string {
  return `(
if [ ! -e "$BACKUP/leave" ] && [ -e "$BACKUP/written" ]; then
  ${LOOKING}locate ${quote(path)}
  [ "$TARGET" = "$(cat "$BACKUP/target")" ]
  if [ -e "$BACKUP/file" ]; then
    enter
    open_there
    [ "$(sum /proc/self/fd/7)" = "$(sum "$BACKUP/file")" ]
  else
    [ ! -e "$TARGET" ]
  fi
fi
)`;
}

/** Sets owner or mode of the new file: as asked, else as the old file has it, else the default (owner: root only). */
function attributes(command: 'chown' | 'chmod', asked: string | undefined, fallback: string): string {
  if (asked !== undefined) return `${command} ${quote(asked)} /proc/self/fd/8`;
  const condition = command === 'chown' ? `[ -e "./$NAME" ] || [ "$(id -u)" -ne 0 ]` : `[ -e "./$NAME" ]`;
  return `${condition} || ${command} ${fallback} /proc/self/fd/8`;
}
