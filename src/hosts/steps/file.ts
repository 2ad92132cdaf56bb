import { createHash } from 'node:crypto';
import type { Phase } from '../../contract/phases';
import { quote } from '../script';
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

/** Writes one file, whole or not at all; the undo puts back the old one with owner and mode, or removes it. */
export function fileStep(input: FileStepInput): HostStep {
  const { phase, id, summary, path, content, mode, owner } = input;
  const sha256 = createHash('sha256').update(content).digest('hex');
  const base64 = Buffer.from(content).toString('base64');
  const target = `TARGET=$(readlink -f ${quote(path)} 2>/dev/null || printf %s ${quote(path)})`;
  const wanted = [
    `[ -f "$TARGET" ]`,
    `[ "$(sha256sum <"$TARGET" | cut -d ' ' -f 1)" = ${sha256} ]`,
    ...(mode === undefined ? [] : [`[ "$(stat -c %a "$TARGET")" = ${quote(mode.replace(/^0+(?=\d)/, ''))} ]`]),
    ...(owner === undefined ? [] : [`[ "$(stat -c %U:%G "$TARGET")" = ${quote(owner)} ]`]),
  ];
  return {
    phase,
    id,
    summary,
    check: [target, ...wanted].join('\n'),
    save: `${target}
if [ -e "$TARGET" ]; then
  cp -p "$TARGET" "$BACKUP/file"
else
  : >"$BACKUP/folders"
  folder=$(dirname "$TARGET")
  while [ ! -d "$folder" ]; do
    printf '%s\\n' "$folder" >>"$BACKUP/folders"
    folder=$(dirname "$folder")
  done
fi`,
    apply: `${target}
mkdir -p "$(dirname "$TARGET")"
TEMP=$TARGET.bigswitch-new
(umask 077; printf %s ${input.secret ? '"$FILE_CONTENT"' : `'${base64}'`} | base64 -d >"$TEMP")
[ "$(sha256sum <"$TEMP" | cut -d ' ' -f 1)" = ${sha256} ]
${attributes('chown', owner, 'root:root')}
${attributes('chmod', mode, '0644')}
if command -v restorecon >/dev/null; then restorecon "$TEMP" || true; fi
sync "$TEMP"
mv "$TEMP" "$TARGET"
sync "$(dirname "$TARGET")"
${input.afterApply ?? ''}`,
    undo: `${target}
rm -f "$TARGET.bigswitch-new"
if [ -e "$BACKUP/file" ]; then
  cp -p "$BACKUP/file" "$TARGET.bigswitch-old"
  sync "$TARGET.bigswitch-old"
  mv "$TARGET.bigswitch-old" "$TARGET"
elif [ -e "$BACKUP/folders" ]; then
  rm -f "$TARGET"
  while read -r folder; do rmdir "$folder" 2>/dev/null || true; done <"$BACKUP/folders"
fi
${input.afterUndo ?? ''}`,
    ...(input.secret ? { secrets: { FILE_CONTENT: base64 } } : {}),
    effects: [{ kind: 'file', path, content, mode, owner, secret: input.secret, shows: input.shows }],
    ...(input.timeoutSeconds === undefined ? {} : { timeoutSeconds: input.timeoutSeconds }),
  };
}

/** Sets owner or mode of the new file: as asked, else as the old file has it, else the default (owner: root only). */
function attributes(command: 'chown' | 'chmod', asked: string | undefined, fallback: string): string {
  if (asked !== undefined) return `${command} ${quote(asked)} "$TEMP"`;
  const otherwise =
    command === 'chown' ? `if [ "$(id -u)" -eq 0 ]; then chown ${fallback} "$TEMP"; fi` : `chmod ${fallback} "$TEMP"`;
  return `if [ -e "$TARGET" ]; then ${command} --reference="$TARGET" "$TEMP"; else ${otherwise}; fi`;
}
