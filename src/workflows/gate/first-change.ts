import { ApplicationFailure, patched } from '@temporalio/workflow';
import { failing, fallen, type Evidence } from '../../contract/evidence';
import { FAILURES } from '../../contract/failures';
import type { GateName } from '../../contract/phases';
import { list } from '../../text/format';
import { gatePassed } from '../state/metrics';
import type { Migration } from '../run/migration';
import { isHeld } from '../state/holds';
import type { Word } from '../state/data';
import { now } from '../state/state';
import { gather } from './evidence';
import { ofOneRun, WAS_RESET } from './runs';

/** Change of the order of commands: runs that were begun before it go on as they began. */
const PROVES_AGAIN = 'proves-again-before-a-retry';

/**
 * Before an action whose gate was passed is tried again: its evidence is gathered once more, and when that does not hold the
 * gate is to be passed anew. So it is when the word is old and nothing of the action was done.
 * @param begun whether something of the action was done
 */
export async function proveAgain(m: Migration, name: GateName, begun: boolean): Promise<void> {
  const passed = m.state.data.passed.find((one) => one.gate === name);
  if (!passed || !patched(PROVES_AGAIN)) return;
  const evidence = await gather(m, name);
  const { approvalMinutes } = m.plan.gates;
  const old = !begun && Date.now() - Date.parse(passed.passedAt) > approvalMinutes * 60_000;
  const reset = !ofOneRun(passed.evidence, evidence);
  if (evidence.holds && !old && !reset && fallen(passed.evidence, evidence).length === 0) return;
  const why = lessThan(passed.evidence, evidence) ?? (reset ? WAS_RESET : tooOld(m, passed.approvedBy));
  m.state.set({ passed: m.state.data.passed.filter((one) => one !== passed), reopenedBecause: why });
}

/** Notes that the first change behind a gate is recorded on a host: from here on the gate is passed. Done once. */
export function firstChangeMade(m: Migration, name: GateName): void {
  const { word, passed } = m.state.data;
  if (word?.gate !== name) return;
  const { evidence, approvedBy, openedAt } = word;
  m.state.set({
    word: undefined,
    passed: [...passed, { gate: name, evidence, approvedBy, openedAt, passedAt: now() }],
  });
  gatePassed(m.plan.name, name, openedAt);
  m.state.audit({ kind: 'gate-passed', gate: name, by: approvedBy.join(', '), accepted: true, reason: 'proved again' });
}

/** Until when a word counts that was given at a time; both in workflow time, ms since the epoch. */
export function goodUntil(m: Migration, approvedAt: number): number {
  return approvedAt + m.plan.gates.approvalMinutes * 60_000;
}

/**
 * Whether a word that was given counts still, though nothing was done on it: what was to be done failed, or was held. It does
 * while it is not too old, and the evidence holds once more; else the gate is to be opened anew.
 */
export async function stillGood(m: Migration, name: GateName, look: () => Promise<Evidence>): Promise<boolean> {
  if (m.state.data.word?.gate !== name) {
    // One for another gate was given for what is not done now.
    if (m.state.data.word) m.state.set({ word: undefined });
    return false;
  }
  if (!patched(PROVES_AGAIN)) return true;
  for (;;) {
    await m.control.forPerson(() => !isHeld(m.state.data));
    const { holds } = m.state.data;
    const evidence = await look();
    needHost(m, name);
    const { word } = m.state.data;
    if (isHeld(m.state.data) || !word || heldSince(m, holds)) continue;
    const why = whyNotAnyMore(m, word, evidence);
    m.state.set(
      why === undefined
        ? { word: { ...word, evidence, holds }, lastEvidence: evidence }
        : { word: undefined, reopenedBecause: why },
    );
    return why === undefined;
  }
}

/**
 * For what waits for the drain of a host.
 * @throws ApplicationFailure HostGivenUp when that was given up meanwhile: its gate is none any more
 */
export function needHost(m: Migration, name: GateName): void {
  if (m.state.givenUp().every((host) => name !== `drain:${host}`)) return;
  throw ApplicationFailure.nonRetryable(`${name}: its host was given up`, FAILURES.HOST_GIVEN_UP);
}

/** Change of the order of commands: runs that were begun before it take a pause that has ended for none. */
const PAUSE_COUNTS = 'a-pause-that-ended-counts';

/**
 * Whether the run was held since it had been so often, be it held still or not: what was looked at before is to be looked at anew.
 * @param holds `holds` of the run as it was then
 */
export function heldSince(m: Migration, holds: number | undefined): boolean {
  return m.state.heldSince(holds) && patched(PAUSE_COUNTS);
}

function whyNotAnyMore(m: Migration, word: Word, evidence: Evidence): string | undefined {
  const less = lessThan(word.evidence, evidence);
  if (less !== undefined) return less;
  if (!ofOneRun(word.evidence, evidence)) return WAS_RESET;
  return Date.now() >= goodUntil(m, word.approvedAt) ? tooOld(m, word.approvedBy) : undefined;
}

function tooOld(m: Migration, by: string[]): string {
  return `the approval of ${by.join(', ')} is older than ${m.plan.gates.approvalMinutes} min, and nothing of it was done`;
}

/** What is worse than what was seen, if anything is. */
function lessThan(seen: Evidence, evidence: Evidence): string | undefined {
  if (!evidence.holds) return `tried again, but the evidence no longer holds: ${failing(evidence)}`;
  const less = fallen(seen, evidence);
  return less.length > 0 ? `tried again, but there is less than was seen: ${list(less)}` : undefined;
}
