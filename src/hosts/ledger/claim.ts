import { z } from 'zod';
import { PHASES } from '../../contract/phases';
import { scriptFailed } from '../errors';
import type { Claim, Recorded } from '../hosts';
import { ANSWER, common, type LedgerPlace } from './scripts';
import { quote } from '../script';

/**
 * Claims a host for one run of one migration. The claim is a symbolic link whose target is its text: made whole or not at
 * all, by one system call, so that of two runs only one gets it. Answers with the claim that is in force afterwards. On a host
 * that is another one's nothing is written.
 * @param owner id of the workflow; a claim of the same migration by another workflow is foreign too
 */
export function claimScript(place: LedgerPlace, owner: string): string {
  return `${common(place)}MINE=${quote(`${place.migration} ${owner}`)}
tell() { printf '%s %s\\n' '${ANSWER}' "$(printf %s "$1" | base64 -w0)"; }
claim=$(readlink "$CLAIM" || true)
if [ -n "$claim" ] && [ "$claim" != "$MINE" ]; then
  tell "$claim"
  exit 0
fi
for folder in "$ROOT"/*/; do
  name=$(basename "$folder")
  if [ -d "$folder" ] && [ "$name" != ${quote(place.migration)} ]; then
    tell "$name "
    exit 0
  fi
done
# The lock makes a release wait for a claim that is under way: an answer that was lost must not claim after it.
take_lock
mkdir -p "$ROOT"
ln -sn "$MINE" "$CLAIM" 2>/dev/null || true
sync "$ROOT"
tell "$(readlink "$CLAIM")"
tidy
`;
}

/** Gives up the claim of this workflow, and no other; on a host that it has not claimed nothing changes. */
export function releaseScript(place: LedgerPlace, owner: string): string {
  return `${common(place)}take_lock
if [ "$(readlink "$CLAIM" || true)" = ${quote(`${place.migration} ${owner}`)} ]; then
  rm "$CLAIM"
  sync "$ROOT"
fi
tidy
`;
}

/** Prints the claim on a host, then every recorded step as a line of id, phase, time and base64 of its summary. */
export function recordedScript(place: LedgerPlace): string {
  return `${common(place)}if [ -e "$LOCK" ]; then take_lock; fi
printf '%s claim %s\\n' '${ANSWER}' "$(readlink -n "$CLAIM" | base64 -w0)"
for dir in "$STEPS"/[0-9][0-9][0-9][0-9]-*; do
  if [ -d "$dir" ]; then
    name=\${dir##*/}
    printf '%s step %s %s %s %s\\n' '${ANSWER}' "\${name#????-}" "$(cat "$dir/phase")" "$(cat "$dir/at")" "$(base64 -w0 "$dir/summary")"
  fi
done
printf '%s end\\n' '${ANSWER}'
`;
}

/** The claim that {@link claimScript} told; undefined when there is none. */
export function readClaim(output: string): Claim | undefined {
  return claimIn(answersIn(output)[0]?.[0]);
}

const stepSchema = z.object({ step: z.string(), phase: z.enum(PHASES), at: z.string(), summary: z.string() });

/**
 * What {@link recordedScript} told.
 * @throws ApplicationFailure ScriptFailed (retry) when it is not whole: a short list would hide what has to be undone
 */
export function readRecorded(host: string, output: string): Recorded {
  const lines = answersIn(output);
  if (lines.at(-1)?.[0] !== 'end') throw scriptFailed(`${host}: the list of its recorded steps is not whole`);
  const steps = lines
    .filter(([kind]) => kind === 'step')
    .map(([, step, phase, at, summary]) => stepSchema.parse({ step, phase, at, summary: decode(summary) }))
    .map((step) => ({ ...step, host, changed: true }));
  const claim = claimIn(lines.find(([kind]) => kind === 'claim')?.[1]);
  return { steps, ...(claim && { claim }) };
}

/** The words of each line with which a script answered. */
function answersIn(output: string): string[][] {
  return output
    .split('\n')
    .filter((line) => line.startsWith(`${ANSWER} `))
    .map((line) => line.split(' ').slice(1));
}

function decode(base64 = ''): string {
  return Buffer.from(base64, 'base64').toString('utf8').trimEnd();
}

function claimIn(base64: string | undefined): Claim | undefined {
  const [migration = '', ...owner] = decode(base64).split(' ');
  return migration === '' ? undefined : { migration, owner: owner.join(' ') };
}
