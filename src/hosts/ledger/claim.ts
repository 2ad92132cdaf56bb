import { z } from 'zod';
import { PHASES } from '../../contract/phases';
import type { Claim, Claimer } from '../../contract/claim';
import type { Owner } from '../../contract/under';
import { scriptFailed } from '../errors';
import { claimPattern, heldPattern } from '../fence';
import type { Recorded } from '../hosts';
import { ANSWER, common, type LedgerPlace } from './place';
import { quote } from '../script';

/** The text of a claim: name of the migration, then who, as JSON whose keys stand in one order. */
function claimText(place: LedgerPlace, { workflow, run, namespace, server }: Claimer): string {
  return `${place.migration} ${JSON.stringify({ workflow, run, namespace, server })}`;
}

/** Tells the claim that is in force, and how old it is in seconds. */
const TELL = `tell() { printf '%s %s %s\\n' '${ANSWER}' "$(printf %s "$1" | base64 -w0)" "$(age)"; }
age() { echo $(($(date +%s) - $(stat -c %Y "$CLAIM" 2>/dev/null || date +%s))); }
`;

/**
 * Claims a host for one run of one migration. The claim is a symbolic link whose target is its text: made whole or not at
 * all, by one system call, so that of two runs only one gets it. Answers with the claim that is in force afterwards. On a host
 * that is another one's nothing is written.
 * @param from whose claim of this migration is taken over, as `ownerWord` names it; by default nobody's
 */
export function claimScript(place: LedgerPlace, claimer: Claimer, from?: string): string {
  const { migration } = place;
  const mine = claimPattern(migration, claimer.run);
  const taken = from === undefined ? undefined : `${claimPattern(migration, from)}|${quote(`${migration} ${from}`)}`;
  return `${common(place)}MINE=${quote(claimText(place, claimer))}
${TELL}claim=$(readlink "$CLAIM" || true)
case $claim in
  ''|${taken === undefined ? '' : `${taken}|`}${mine}) ;;
  *)
    tell "$claim"
    exit 0
    ;;
esac
for folder in "$ROOT"/*/; do
  name=$(basename "$folder")
  if [ -d "$folder" ] && [ "$name" != ${quote(migration)} ]; then
    tell "$name "
    exit 0
  fi
done
# The lock makes a release wait for a claim that is under way: an answer that was lost must not claim after it.
take_lock
mkdir -p "$ROOT"
${taken === undefined ? '' : takeOver(taken)}ln -sn "$MINE" "$CLAIM" 2>/dev/null || true
sync "$ROOT"
tell "$(readlink "$CLAIM")"
tidy
`;
}

/** In one move, so that the host is never free in between; what the other one has under way is refused from here on. */
function takeOver(taken: string): string {
  return `case "$(readlink "$CLAIM" || true)" in
  ${taken})
    rm -f "$FENCE"
    ln -sfn "$MINE" "$CLAIM.new"
    mv -T "$CLAIM.new" "$CLAIM"
    ;;
esac
`;
}

/** Gives up the claim of this run, and no other; on a host that it has not claimed nothing changes. */
export function releaseScript(place: LedgerPlace, owner: Owner): string {
  return `${common(place)}take_lock
case "$(readlink "$CLAIM" || true)" in
  ${heldPattern(place.migration, owner)})
    rm -f "$CLAIM" "$FENCE"
    sync "$ROOT"
    ;;
esac
tidy
`;
}

/** Says that the run which holds this host lives; on a host that it does not hold nothing changes. */
export function renewScript(place: LedgerPlace, owner: Owner): string {
  return `${common(place)}case "$(readlink "$CLAIM" || true)" in
  ${heldPattern(place.migration, owner)}) touch -h "$CLAIM" ;;
esac
`;
}

/** Prints the claim on a host, then every recorded step as a line of id, phase, time and base64 of its summary. */
export function recordedScript(place: LedgerPlace): string {
  return `${common(place)}${TELL}if [ -e "$LOCK" ]; then take_lock; fi
printf '%s claim %s %s\\n' '${ANSWER}' "$(readlink -n "$CLAIM" | base64 -w0)" "$(age)"
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
  const [text, age] = answersIn(output)[0] ?? [];
  return claimIn(text, age);
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
  const [, text, age] = lines.find(([kind]) => kind === 'claim') ?? [];
  const claim = claimIn(text, age);
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

const claimerSchema = z.object({ workflow: z.string(), run: z.string(), namespace: z.string(), server: z.string() });

function claimIn(base64: string | undefined, seconds?: string): Claim | undefined {
  const claim = claimOf(decode(base64));
  return claim && { ...claim, ...(/^\d+$/.test(seconds ?? '') && { age: Number(seconds) }) };
}

/** What the text of a claim says; undefined when it is empty. A text of an older release names the workflow only. */
export function claimOf(text: string): Claim | undefined {
  const [migration = '', ...rest] = text.split(' ');
  if (migration === '') return undefined;
  const owner = rest.join(' ');
  const known = claimerSchema.safeParse(jsonOf(owner));
  if (!known.success) return { migration, owner };
  const { workflow, run, namespace, server } = known.data;
  return { migration, owner: workflow, run, namespace, server };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
