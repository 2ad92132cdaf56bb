import { fileIsBack, fileStep } from '../../hosts/steps';
import { TELLING_STEPS } from '../../contract/ledger';
import { asLogin } from '../../hosts/script';
import type { HostStep, Showable } from '../../hosts/step';
import { CUT } from '../../text/harmless';
import type { AppHost } from '../../plan/schema';

/** Longest time that a restart command may take: a graceful one first finishes what is under way. */
const RESTART_SECONDS = 300;
/** Longest time for one run of a check command; it is asked again until `checkSeconds` are over. */
const ONE_CHECK_SECONDS = 30;

/** Runs the app's check once, with what it said on stdout; exits as the check does, 124 when it hangs. */
export function checkOnce(app: AppHost): string {
  const seconds = Math.min(app.checkSeconds, ONE_CHECK_SECONDS);
  return `${asLogin(app.check, seconds)} 2>&1`;
}

/** What the command starts may hold its output open for as long as the app lives, so that can be no file or pipe of ours. */
function restart(app: AppHost): string {
  return `${asLogin(app.restart, RESTART_SECONDS)} </dev/null >/dev/null 2>&1 ||
{ echo "the restart command failed (exit code $?); run it there by hand to see why" >&2; exit 1; }`;
}

/** Asks the check until it says yes; at the end of the app's time it fails with what was seen last. */
function untilHealthy(app: AppHost): string {
  return `deadline=$(($(date +%s) + ${app.checkSeconds}))
until seen=$(${checkOnce(app)}); do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    said=$(printf %s "$seen" | tail -c 300)
    [ "$said" = "$seen" ] || said="${CUT}$said"
    echo "the check did not succeed in ${app.checkSeconds} s; it said: $said" >&2
    exit 1
  fi
  sleep 0.5
done`;
}

/**
 * Brings the app back to the old file, which is in its place again. One whose restart never succeeded since may refuse to
 * restart now too, and goes on as it was: that is back, if it is healthy and talks to no front. The mark tells the next try
 * that this one has restarted it.
 */
function backToOld(app: AppHost, frontPort: number): string {
  return `rm -f "$BACKUP/back"
if (${restart(app)}); then
  : >"$BACKUP/back"
else
  [ ! -e "$BACKUP/restarted" ] || exit 1
  talks=$(ss -Htn state established "( dport = :${frontPort} )") || exit 1
  [ -z "$talks" ] || { echo "the app talks to a front" >&2; exit 1; }
  echo "the app was never restarted, and goes on with its old configuration"
fi
${untilHealthy(app)}`;
}

/**
 * Whether an earlier try of the undo has brought the app back: old file in place, restarted with it, and well within its
 * time, which begins anew. An app that needs longer than that to be well would else be restarted whenever it nearly is.
 */
function isBack(app: AppHost): string {
  return `[ -e "$BACKUP/back" ]
[ ! "$BACKUP/leave" -nt "$BACKUP/back" ]
${fileIsBack(app.config.path)}
${untilHealthy(app)}`;
}

/** Of an app's file, only the keys that the plan names: the rest is the app's own, and may hold anything. */
function shownOf({ config: { format, set } }: AppHost): Showable | undefined {
  if (format === 'text') return undefined;
  return { format, keys: Object.fromEntries(Object.keys(set ?? {}).map((key) => [key, 'new' as const])) };
}

/**
 * Points one app at the fronts: its file, its restart, its check, as one step, so that the undo takes back all of it.
 * Marks in `$BACKUP` tell a restart that was cut off from one that is not needed.
 * @param content the whole new configuration file; it holds the password, so it travels as a secret
 * @param frontPort TCP port of the fronts
 */
export function switchStep(app: AppHost, content: string, frontPort: number): HostStep {
  const file = fileStep({
    phase: 'switch',
    id: TELLING_STEPS.APP_SWITCHED,
    summary: 'point the app at the fronts and restart it',
    path: app.config.path,
    content,
    secret: true,
    shows: shownOf(app),
    afterApply: `${restart(app)}
: >"$BACKUP/restarted"
${untilHealthy(app)}`,
    // When nothing was changed yet, the app was not touched, and is not to be now.
    afterUndo: `if [ -e "$BACKUP/begun" ]; then
${backToOld(app, frontPort)}
fi`,
    timeoutSeconds: RESTART_SECONDS + app.checkSeconds + 2 * ONE_CHECK_SECONDS + 30,
  });
  return {
    ...file,
    undone: isBack(app),
    // Its time to be well twice: the look, and the undo.
    undoSeconds: RESTART_SECONDS + 2 * (app.checkSeconds + ONE_CHECK_SECONDS) + 30,
    check: `if [ -e "$BACKUP/begun" ] && [ ! -e "$BACKUP/restarted" ]; then exit 1; fi
${file.check}
${checkOnce(app)}`,
    apply: `rm -f "$BACKUP/restarted" "$BACKUP/back"
: >"$BACKUP/begun"
${file.apply}`,
  };
}
