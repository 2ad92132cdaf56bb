import { z } from 'zod';
import { scriptFailed } from '../errors';
import type { UndoSelector } from '../hosts';
import { ANSWER, common, type LedgerPlace } from './place';
import { isChosen } from './undo-scripts';

const answerSchema = z.object({ seconds: z.number().int() });

/**
 * Prints how many seconds the undo of these recorded steps may take, by what each has kept of its own time beside its
 * `undo.sh`; 0 where none has, as in a ledger of an older release. Read-only.
 */
export function undoSecondsScript(place: LedgerPlace, selector: UndoSelector = {}): string {
  return `${common(place)}total=0
for dir in "$STEPS"/[0-9][0-9][0-9][0-9]-*; do
  if [ -e "$dir/undo-seconds" ]; then
    name=\${dir##*/}
    id=\${name#????-}
    phase=$(cat "$dir/phase")
    if ${isChosen(selector)}; then total=$((total + $(cat "$dir/undo-seconds"))); fi
  fi
done
answer '{"seconds":'"$total"'}'
`;
}

/**
 * What {@link undoSecondsScript} told.
 * @throws ApplicationFailure ScriptFailed (retry) when it told nothing
 */
export function readUndoSeconds(host: string, output: string): number {
  const line = output.split('\n').find((one) => one.startsWith(`${ANSWER} `));
  if (line === undefined) throw scriptFailed(`${host}: it was not told how long its undo may take`);
  return answerSchema.parse(JSON.parse(line.slice(ANSWER.length + 1))).seconds;
}
