import { scriptFailed } from '../errors';
import { quote } from '../script';
import { common, type LedgerPlace } from './place';

/** Prints the file that the undo of a step would put back, in base64 after one word; without one, another word. Read-only. */
export function savedScript(place: LedgerPlace, step: string): string {
  return `${common(place)}for d in "$STEPS"/[0-9][0-9][0-9][0-9]-${quote(step)}; do
  if [ -f "$d/backup/file" ]; then printf 'saved %s\\n' "$(base64 -w0 <"$d/backup/file")"; exit 0; fi
done
echo none
`;
}

/**
 * The text in what that script printed.
 * @throws ApplicationFailure ScriptFailed when it printed something else
 */
export function readSaved(host: string, printed: string): string | undefined {
  if (printed.trim() === 'none') return undefined;
  const base64 = /^saved ([A-Za-z0-9+/=]*)$/.exec(printed.trim())?.[1];
  if (base64 === undefined) throw scriptFailed(`${host}: what is saved there could not be read`);
  return Buffer.from(base64, 'base64').toString('utf8');
}
