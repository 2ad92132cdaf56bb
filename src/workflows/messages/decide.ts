import { patched } from '@temporalio/workflow';
import type { AuditEntry } from '../../contract/audit';
import { goodUntil } from '../gate/first-change';
import { UNUSED } from '../rollback/stages';
import type { Migration } from '../run/migration';
import { samePerson } from '../../text/person';
import { endedBy, heldToo, holdOf, holders, MOST_HOLDS, type Held } from '../state/holds';
import { possible, shardsMayMove } from '../state/possible';
import type { Data } from '../state/data';
import { now } from '../state/state';
import type { Message, MessageName } from './messages';

/** What came of a message; an accepted one has a reason where it is worth a sentence what it leads to. */
export type Decision = Pick<AuditEntry, 'accepted' | 'reason'>;

/** What is decided at once; before a host is given up it is looked at the cluster, see `giveUp`. */
export type Immediate = Exclude<MessageName, 'giveUp'>;

type Deciders = { [N in Immediate]: (m: Migration, message: Message<N>) => Decision };

/** Change of the order of commands: runs in which both were ended by one `resume` go on as they did. */
const ENDS_ONE = 'a-resume-ends-one-thing';

/** Change of the order of commands: runs in which there was one hold for all go on as they did. */
const BY_PERSON = 'holds-by-person';

const ACCEPTED: Decision = { accepted: true };

/** Does what a message says, or nothing at all; what can be said at all is known by `possible`. */
export function decide<N extends Immediate>(m: Migration, name: N, message: Message<N>): Decision {
  return DECIDE[name](m, message);
}

const DECIDE: Deciders = {
  approve: (m, { gate: name, token, by, at }) => {
    const { data } = m.state;
    const gate = data.gate;
    const refusal =
      notThis(data, name, token) ?? tooOld(m, at) ?? possible(m.state).approve ?? approvedAlready(data, by);
    if (refusal !== undefined || !gate) return refused(refusal);
    // The oldest of them counts.
    const approvedAt = Math.min(gate.approvedAt ?? Infinity, sentAt(at));
    m.state.set({ gate: { ...gate, approvals: [...gate.approvals, by], approvedAt } });
    return ACCEPTED;
  },
  reject: (m, { gate: name, token, by, reason }) => {
    const { gate } = m.state.data;
    const refusal = notThis(m.state.data, name, token) ?? possible(m.state).reject;
    if (refusal !== undefined || !gate) return refused(refusal);
    const why = { by, reason: `gate ${name} was rejected: ${reason}`, at: now() };
    m.state.set({
      gate: { ...gate, approvals: [], approvedAt: undefined, rejected: { by, reason } },
      held: heldToo(m.state.data, why),
    });
    return ACCEPTED;
  },
  pause: (m, { by, reason }) => {
    const { data } = m.state;
    const refusal = possible(m.state).pause ?? pausedAlready(data, by);
    if (refusal !== undefined) return refused(refusal);
    m.state.set({ held: heldToo(data, { by, reason, at: now() }), holds: (data.holds ?? 0) + 1 });
    return ACCEPTED;
  },
  resume: (m, message) => {
    const { cutOff } = message;
    const refusal = possible(m.state).resume ?? (cutOff && notToBeCutOff(m.state.data, cutOff));
    if (refusal !== undefined) return refused(refusal);
    if (cutOff) m.state.set({ cutOff: [...new Set([...(m.state.data.cutOff ?? []), ...cutOff])] });
    return goOn(m, message);
  },
  throttle: (m, { maxMBps }) => {
    const refusal = possible(m.state).throttle;
    if (refusal !== undefined) return refused(refusal);
    const { throttle } = m.state.data;
    m.state.set({ throttle: { ...throttle, wanted: maxMBps, wish: (throttle.wish ?? 0) + 1 } });
    return { accepted: true, reason: shardsMayMove(m.state) ? 'applied now' : 'applied when shards begin to move' };
  },
  rollback: (m, { by, reason }) => {
    const refusal = m.control.rollback(by, reason);
    return refusal === undefined ? ACCEPTED : refused(refusal);
  },
};

/**
 * Ends one thing: the block, or else one's own hold. Who lets a phase be tried again may not know who holds it and why. All of it
 * ends only when that is said.
 */
function goOn(m: Migration, { by, all }: Message<'resume'>): Decision {
  const { blocked, held = [] } = m.state.data;
  if (blocked !== undefined && held.length > 0 && !all && patched(ENDS_ONE)) {
    m.state.set({ blocked: undefined });
    return {
      accepted: true,
      reason: `it tries again when the pause of ${holders(held)} has ended; \`resume\` ends that`,
    };
  }
  let ended = endedBy(m.state.data, by, all);
  if (ended.length < held.length && !patched(BY_PERSON)) ended = held;
  const left = held.filter((hold) => !ended.includes(hold));
  if (blocked === undefined && ended.length === 0) return refused(`${by} does not hold it, but ${toldHow(left)}`);
  m.state.set({ blocked: undefined, held: left.length > 0 ? left : undefined });
  if (left.length > 0) return { accepted: true, reason: `it is held still, by ${toldHow(left)}` };
  return ended.length > 1 || all ? { accepted: true, reason: whose(ended) } : ACCEPTED;
}

function toldHow(left: Held[]): string {
  return `${holders(left)}; each ends their own hold, and \`resume\` with \`all\` (\`bigswitch resume --all\`) ends everybody's`;
}

function whose(ended: Held[]): string | undefined {
  return ended.length > 0 ? `the holds of ${holders(ended)} have ended` : undefined;
}

/** In a run of an older release there is one hold at most. */
function pausedAlready(data: Data, by: string): string | undefined {
  const [first] = data.held ?? [];
  if (!first) return undefined;
  const own = holdOf(data, by) ?? (patched(BY_PERSON) ? undefined : first);
  if (own) return `it is paused already, by ${own.by}`;
  const { length = 0 } = data.held ?? [];
  return length < MOST_HOLDS ? undefined : `it is paused already, by ${length} people`;
}

function refused(reason = 'no gate is open'): Decision {
  return { accepted: false, reason };
}

/** What is said of another gate than the open one, or of what that showed before. */
function notThis({ gate, rollback }: Data, name: string, token: string): string | undefined {
  if (!gate || rollback) return undefined;
  if (gate.gate !== name) return `gate ${name} is not open; ${gate.gate} is`;
  if (gate.rejected) return undefined;
  if (gate.oldTokens.includes(token)) return 'an old token: the gate was opened again since; look at its evidence anew';
  return gate.token === token ? undefined : 'not the token of this gate; the query status shows it';
}

/** A word counts for those whom its person was shown, and nobody else. */
function notToBeCutOff({ blocked, rollbackStage }: Data, addresses: string[]): string | undefined {
  if (blocked === undefined || rollbackStage !== UNUSED) {
    return 'nobody is cut off now: `cutOff` answers a way back that waits for who is connected to the new side';
  }
  const shown = blocked.split(/[\s,;]+/);
  const others = addresses.filter((address) => !shown.includes(address));
  return others.length > 0 ? `${others.join(', ')} is not among those who are named as connected` : undefined;
}

/** When something was said, in ms since the epoch; a clock that is fast makes no word younger than its arrival. */
function sentAt(at: string | undefined): number {
  return at === undefined ? Date.now() : Math.min(Date.now(), Date.parse(at));
}

function tooOld(m: Migration, at: string | undefined): string | undefined {
  if (Date.now() < goodUntil(m, sentAt(at))) return undefined;
  return `it was sent at ${at}, by the sender's clock, and counts for ${m.plan.gates.approvalMinutes} min; say it again`;
}

function approvedAlready({ gate }: Data, by: string): string | undefined {
  return gate?.approvals.some((other) => samePerson(other, by)) ? `${by} has approved already` : undefined;
}
