import { ApplicationFailure, condition, patched, uuid4 } from '@temporalio/workflow';
import { failing, fallen, type Evidence, type Fact } from '../../contract/evidence';
import { FAILURES } from '../../contract/failures';
import type { GateName } from '../../contract/phases';
import { sayBelowGreen } from '../../contract/progress';
import { signalCommand } from '../state/details';
import type { Migration } from '../run/migration';
import { isNoFailure } from '../run/safe-point';
import { list } from '../../text/format';
import { cut } from '../../text/harmless';
import { summaryText } from '../../text/markdown';
import { boundedEvidence } from '../state/bounds';
import { isHeld } from '../state/holds';
import type { GateState, Word } from '../state/data';
import { now } from '../state/state';
import { approvedByEnough } from '../state/possible';
import { gather } from './evidence';
import { goodUntil, heldSince, needHost, stillGood } from './first-change';
import { ofOneRun, WAS_RESET } from './runs';

/** Evidence that does not hold is taken again this often: someone is putting it right. */
const RETAKE_FAILING_MS = 60_000;
/** Evidence that holds is taken again this often, so that nobody reads yesterday's. */
const RETAKE_HOLDING_MS = 10 * 60_000;

/** Characters of the reason why a gate is opened again. */
const LONGEST_REASON = 4_000;

/** What may put right what a gate lacks: done before its evidence is taken. */
export type Tend = () => Promise<void>;

/** What else is done at a gate, beside asking. */
export interface Preparations {
  /** Is done before each look at the evidence, also at that after the approval. */
  tend?: Tend;
  /** Is done once before the gate opens, and not while a person holds the run. */
  beforeOpening?: () => Promise<void>;
  /** What the run itself knows of what has to hold, beside what activities see. */
  known?: () => Fact[];
}

/** Change of the order of commands: runs that were begun before it go on as they began. */
const TENDS = 'tends-before-it-looks';

/** Change of the order of commands: runs that were begun before it take evidence by the clock alone. */
const SEES_SAMPLES = 'samples-contradict-evidence';

/**
 * Waits for a person's word before something that can't be undone. Returns when the gate was approved on evidence that
 * holds, the approval has not expired, the run is not paused, and the evidence was proved once more, in the same run. The
 * gate is passed when the first change behind it is recorded, see `firstChangeMade`.
 */
export async function passGate(m: Migration, name: GateName, preparations: Preparations = {}): Promise<void> {
  if (m.state.hasPassed(name)) return;
  const look = lookOf(m, name, preparations);
  if (await stillGood(m, name, look)) return;
  if (m.state.data.gate?.gate !== name) {
    await preparations.beforeOpening?.();
    const evidence = await look();
    needHost(m, name);
    open(m, name, evidence, undefined, m.state.data.reopenedBecause);
    m.state.set({ reopenedBecause: undefined });
  }
  for (;;) {
    await untilApproved(m, name, look);
    if (!(await untilMayAct(m))) continue;
    const { holds } = m.state.data;
    const evidence = await look();
    // A rollback may have come with the answer.
    m.control.throwIfTurned();
    const gate = current(m);
    // While it was being proved, time went on: someone may have said no or paused, and the approval may have expired.
    if (gate.rejected || !approvedByEnough(gate) || isHeld(m.state.data) || expire(m)) continue;
    if (heldSince(m, holds)) continue;
    const less = fallen(gate.evidence, evidence);
    if (!evidence.holds) reopen(m, evidence, `approved, but the evidence no longer held: ${failing(evidence)}`);
    else if (less.length > 0) reopen(m, evidence, `approved, but there is less than was seen: ${list(less)}`);
    else if (lostSince(m)) reopen(m, evidence, LOST);
    else if (ofOneRun(gate.evidence, evidence)) return pass(m, gate, { evidence, holds });
    else reopen(m, evidence, WAS_RESET);
  }
}

/** How the evidence is taken: what it lacks is put right before, where that can be done and nobody holds the run. */
function lookOf(m: Migration, name: GateName, { tend, known }: Preparations): () => Promise<Evidence> {
  const look = async () => withKnown(await gather(m, name), known?.() ?? []);
  if (!tend) return look;
  const always = patched(TENDS);
  return async () => {
    const { gate } = m.state.data;
    // As a run goes on that was begun by an older release: at one gate only, and when it had been seen not to hold.
    const before = name === 'big-switch' && gate?.gate === name && !gate.evidence.holds && !approvedByEnough(gate);
    if (!isHeld(m.state.data) && (always || before)) await tendQuietly(tend);
    return look();
  };
}

function withKnown(evidence: Evidence, known: Fact[]): Evidence {
  const holds = evidence.holds && known.every(({ ok }) => ok);
  return boundedEvidence({ ...evidence, holds, facts: [...evidence.facts, ...known] });
}

/** That it could not be put right is told by the evidence. */
async function tendQuietly(tend: Tend): Promise<void> {
  try {
    await tend();
  } catch (error) {
    if (isNoFailure(error)) throw error;
  }
}

async function untilApproved(m: Migration, name: GateName, look: () => Promise<Evidence>): Promise<void> {
  const seesSamples = patched(SEES_SAMPLES);
  for (;;) {
    const gate = current(m);
    if (gate.rejected) {
      m.state.doing(`gate ${name} was rejected by ${gate.rejected.by}: ${gate.rejected.reason}; waits for resume`);
      await m.control.forPerson(() => !isHeld(m.state.data));
      reopen(m, await look(), `rejected by ${gate.rejected.by} (${gate.rejected.reason}), then resumed`);
      continue;
    }
    if (approvedByEnough(gate)) return;
    m.state.doing(
      gate.evidence.holds ? `waits for approval of gate ${name}` : `gate ${name}: ${failing(gate.evidence)}`,
    );
    m.control.safePoint();
    const wakes = () => lostSince(m) || (seesSamples && contradicted(m)) || wantsLook(m);
    const decided = () => gone(m) || current(m).rejected !== undefined || approvedByEnough(current(m));
    const woken = await condition(() => decided() || wakes(), wait(m), {
      summary: summaryText(`gate ${name}: waits for a person`),
    });
    if ((woken && decided()) || expire(m)) continue;
    asked(m);
    retake(m, await look());
  }
}

/** Whether somebody is about to decide, on evidence that is not of this moment. */
function wantsLook(m: Migration): boolean {
  return m.state.data.gate?.looksAgain === true;
}

/** The look that was wanted is being taken. */
function asked(m: Migration): void {
  const { looksAgain, ...gate } = current(m);
  if (looksAgain) m.state.set({ gate });
}

/** Whether samples since say that the cluster is not what the evidence says it is. */
function contradicted(m: Migration): boolean {
  const { holds, takenAt } = current(m).evidence;
  if (!holds) return false;
  const since = Date.parse(takenAt);
  return sayBelowGreen(m.state.data.samples.filter(({ t }) => t > since));
}

/** Waits while the run is paused. @returns false when the approval expired or was taken back meanwhile */
async function untilMayAct(m: Migration): Promise<boolean> {
  const free = () => !isHeld(m.state.data) || gone(m) || current(m).rejected !== undefined;
  if (!free()) {
    m.state.doing(`gate ${current(m).gate} is approved; the run is paused`);
    const left = Math.max(1, (approvalEnds(m) ?? Date.now()) - Date.now());
    await m.control.forPerson(free, left, 'approved; waits for resume');
  }
  return current(m).rejected === undefined && !expire(m);
}

function open(m: Migration, name: GateName, evidence: Evidence, before?: GateState, reopened?: string): void {
  // From uuid4(): the same in a replay, another one after a reset, so that re-applied old approvals are refused.
  const token = uuid4().slice(0, 8);
  const kind = name.startsWith('drain:') ? 'drain' : (name as 'big-switch' | 'teardown');
  const gate: GateState = {
    gate: name,
    token,
    evidence: { ...evidence, reopened: reopened && cut(reopened, LONGEST_REASON) },
    openedAt: before?.openedAt ?? now(),
    approvals: [],
    approvalsNeeded: m.plan.gates.twoApprovers.includes(kind) ? 2 : 1,
    command: signalCommand('approve', { gate: name, token, by: 'you' }),
    without: m.state.givenUp().length || undefined,
    oldTokens: before ? [...before.oldTokens, before.token].slice(-50) : [],
  };
  m.state.set({ gate, lastEvidence: gate.evidence });
  m.state.audit({ kind: 'gate-opened', gate: name, accepted: true, reason: reopened ?? 'waits for a person' });
}

function reopen(m: Migration, evidence: Evidence, reason: string): void {
  open(m, current(m).gate, evidence, current(m), reason);
}

/** New evidence for an open gate: the token changes only when the evidence says something else. */
function retake(m: Migration, evidence: Evidence): void {
  const gate = current(m);
  if (gate.rejected || approvedByEnough(gate)) return;
  const less = fallen(gate.evidence, evidence);
  const same = less.length === 0 && saysTheSame(gate.evidence, evidence);
  if (lostSince(m)) reopen(m, evidence, LOST);
  else if (same && ofOneRun(gate.evidence, evidence)) {
    const again = { ...evidence, reopened: gate.evidence.reopened };
    m.state.set({ gate: { ...gate, evidence: again }, lastEvidence: again });
  } else if (!evidence.holds) reopen(m, evidence, `not any more: ${failing(evidence)}`);
  else if (less.length > 0) reopen(m, evidence, `there is less than was seen: ${list(less)}`);
  else reopen(m, evidence, same ? WAS_RESET : 'the evidence changed and holds');
}

function saysTheSame(one: Evidence, other: Evidence): boolean {
  const verdicts = ({ facts }: Evidence) => JSON.stringify(facts.map(({ name, ok }) => [name, ok]).sort());
  return verdicts(one) === verdicts(other);
}

/** Takes approvals back that are too old, with a new token. @returns whether it did */
function expire(m: Migration): boolean {
  const gate = current(m);
  const ends = approvalEnds(m);
  if (ends === undefined || Date.now() < ends) return false;
  const by = gate.approvals.join(', ');
  m.state.audit({ kind: 'expired', gate: gate.gate, by, accepted: true, reason: 'its action had not begun in time' });
  reopen(m, gate.evidence, `the approval of ${by} expired after ${m.plan.gates.approvalMinutes} min`);
  return true;
}

function pass(m: Migration, gate: GateState, { evidence, holds }: Pick<Word, 'evidence' | 'holds'>): void {
  const { gate: name, openedAt, approvals: approvedBy, approvedAt = Date.now() } = gate;
  const word = { gate: name, evidence, approvedBy, openedAt, approvedAt, holds };
  m.state.set({ word, gate: undefined, lastEvidence: evidence });
}

function wait(m: Migration): number {
  const retakeIn = current(m).evidence.holds ? RETAKE_HOLDING_MS : RETAKE_FAILING_MS;
  const ends = approvalEnds(m);
  return ends === undefined ? retakeIn : Math.max(1, Math.min(retakeIn, ends - Date.now()));
}

/** Workflow time at which the oldest approval expires, in ms since the epoch. */
function approvalEnds(m: Migration): number | undefined {
  const { approvedAt } = current(m);
  return approvedAt === undefined ? undefined : goodUntil(m, approvedAt);
}

const LOST = 'a host was given up since: look at its evidence anew';

/** Whether a host was given up since the gate was opened: it was shown for another plan. */
function lostSince(m: Migration): boolean {
  return m.state.givenUp().length > (current(m).without ?? 0);
}

/** Whether the gate is none any more, as its host was given up. */
function gone(m: Migration): boolean {
  return m.state.data.gate === undefined;
}

/** @throws ApplicationFailure HostGivenUp when the gate is none any more */
function current(m: Migration): GateState {
  const { gate } = m.state.data;
  if (gate) return gate;
  throw ApplicationFailure.nonRetryable('no gate is open: its host was given up', FAILURES.HOST_GIVEN_UP);
}
