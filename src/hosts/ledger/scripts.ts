import { fenceScript, type Fence } from '../fence';
import { quote } from '../script';
import type { HostStep } from '../step';
import { common, LOG_TO_FILE, type LedgerPlace } from './place';
import { finishAllFile, undoAllFile, undoFile } from './undo-scripts';

/** Runs one fragment with \`set -eu\` in a shell of its own, outside any condition, since those switch \`-e\` off. */
function fragment(body: string): string {
  return `set +e
( set -eu; umask 022; cd /
${body}
) >"$OUTPUT" 2>&1 8>&- 9>&-
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

/** Lays a script for people beside the record, where it is not there yet; whole or not at all. */
function byHand(name: string, text: string): string {
  return `  if [ ! -e "$BASE/${name}" ]; then
${writeFile(`$BASE/.${name}`, text)}    mv "$BASE/.${name}" "$BASE/${name}"
  fi
`;
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
    ['harmless', step.harmless ?? ''],
  ] as const) {
    // POSIX: `set -e` ignores a pipeline that begins with !, so such a line would prove nothing. What is in quotes is for
    // another shell: a command of the plan, without `-e`.
    if (/^[ \t]*! /m.test(body.replace(/'[^']*'/g, "''"))) {
      throw new Error(`step ${step.id}: a line of its ${part} begins with "!"; write "if …; then exit 1; fi"`);
    }
  }
  for (const [name, value] of Object.entries(step.secrets ?? {})) {
    if (
      value.length >= 4 &&
      [step.undo, step.undone ?? '', step.harmless ?? '', step.summary].some((kept) => kept.includes(value))
    ) {
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
${step.undoSeconds === undefined ? '' : `  echo ${step.undoSeconds} >"$NEW/undo-seconds"\n`}${writeFile('$NEW/undo.sh', undoFile(place, host, step))}${byHand('undo-all.sh', undoAllFile(place, host))}${byHand('finish-all.sh', finishAllFile(place, host))}  LAST=$(ls -1 "$STEPS" | sed -n 's/^\\([0-9][0-9][0-9][0-9]\\)-.*/\\1/p' | sort | tail -n 1 | sed 's/^0*//')
  RECORD=$STEPS/$(printf '%04d' $((\${LAST:-0} + 1)))-${quote(step.id)}
  # On the disk before anything is changed: a host that loses power now still knows its way back.
  find "$NEW" "$BASE/undo-all.sh" "$BASE/finish-all.sh" -exec sync {} +
  mv "$NEW" "$RECORD"
  sync "$STEPS" "$BASE"
fi
BACKUP=$RECORD/backup
${fragment(step.apply)}${REPORT_FAILURE('apply')}${fragment(step.verify ?? step.check)}${REPORT_FAILURE('verify')}answer '{"changed":true,"at":"'"$(cat "$RECORD/at")"'"}'
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
