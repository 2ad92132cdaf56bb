import { scriptFailed } from '../errors';
import { fenceScript, type Fence } from '../fence';
import { ANSWER, common, type LedgerPlace } from './place';
import { writeFile } from './scripts';

function recordName(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,150}$/.test(name)) throw new Error(`"${name}" is not a name for a record`);
  return name;
}

/** Keeps a JSON record: whole or not at all, and on the disk before it returns. */
export function keepScript(place: LedgerPlace, name: string, record: unknown, fence?: Fence): string {
  const file = `$RECORDS/${recordName(name)}.json`;
  return `${common(place)}take_lock
${fenceScript(place.migration, fence)}mkdir -p "$RECORDS"
${writeFile('$RECORDS/.new', JSON.stringify(record))}sync "$RECORDS/.new"
mv "$RECORDS/.new" "${file}"
sync "$RECORDS" "$BASE"
`;
}

/** Prints every kept record as a line of name and base64, and at last that these were all. */
export function keptScript(place: LedgerPlace): string {
  return `${common(place)}for file in "$RECORDS"/*.json; do
  if [ -e "$file" ]; then
    name=\${file##*/}
    printf '%s record %s %s\\n' '${ANSWER}' "\${name%.json}" "$(base64 -w0 "$file")"
  fi
done
printf '%s end\\n' '${ANSWER}'
`;
}

/**
 * What {@link keptScript} told, by name, sorted.
 * @throws ApplicationFailure ScriptFailed (retry) when it is not whole: a short list would hide what has to be put back
 * @throws SyntaxError when a record is not JSON
 */
export function readKept(host: string, output: string): Record<string, unknown> {
  const lines = output
    .split('\n')
    .filter((line) => line.startsWith(`${ANSWER} `))
    .map((line) => line.split(' ').slice(1));
  if (lines.pop()?.[0] !== 'end') throw scriptFailed(`${host}: the list of its records is not whole`);
  const records = lines.map(([, name = '', base64 = '']) => {
    return [name, JSON.parse(Buffer.from(base64, 'base64').toString('utf8')) as unknown] as const;
  });
  return Object.fromEntries(records.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Removes one kept record; missing is fine. */
export function unkeepScript(place: LedgerPlace, name: string, fence?: Fence): string {
  return `${common(place)}take_lock
${fenceScript(place.migration, fence, true)}rm -f "$RECORDS/${recordName(name)}.json" "$RECORDS/.new"
tidy
`;
}
