import { patched } from '@temporalio/workflow';
import type { AuditEntry } from '../../contract/audit';
import { goodUntil } from '../gate/first-change';
import { UNUSED } from '../rollback/stages';
import type { Migration } from '../run/migration';
import { possible, shardsMayMove } from '../state/possible';
import { now, type Data } from '../state/state';
import type { Message, MessageName } from './messages';

/** What came of a message; an accepted one has a reason where it is worth a sentence what it leads to. */
export type Decision = Pick<AuditEntry, 'accepted' | 'reason'>;

/** What is decided at once; before a host is given up it is looked at the cluster, see `giveUp`. */
export type Immediate = Exclude<MessageName, 'giveUp'>;

type Deciders = { [N in Immediate]: (m: Migration, message: Message<N>) => Decision };

/** Change of the order of commands: runs in which both were ended by one `resume` go on as they did. */
const ENDS_ONE = 'a-resume-ends-one-thing';

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
    m.state.set({
      gate: { ...gate, approvals: [], approvedAt: undefined, rejected: { by, reason } },
      pause: { by, reason: `gate ${name} was rejected: ${reason}`, at: now() },
    });
    return ACCEPTED;
  },
  pause: (m, { by, reason }) => {
    const refusal = possible(m.state).pause;
    if (refusal !== undefined) return refused(refusal);
    m.state.set({ pause: { by, reason, at: now() }, holds: (m.state.data.holds ?? 0) + 1 });
    return ACCEPTED;
  },
  // One thing each time: who lets a phase be tried again may not know of a pause, which may be somebody else's.
  resume: (m, { cutOff }) => {
    const refusal = possible(m.state).resume ?? (cutOff && notToBeCutOff(m.state.data, cutOff));
    if (refusal !== undefined) return refused(refusal);
    const { blocked, pause } = m.state.data;
    if (cutOff) m.state.set({ cutOff: [...new Set([...(m.state.data.cutOff ?? []), ...cutOff])] });
    const both = blocked !== undefined && pause !== undefined;
    const one = both && patched(ENDS_ONE) ? { blocked: undefined } : { blocked: undefined, pause: undefined };
    m.state.set(one);
    if (!both) return ACCEPTED;
    const why = pause.reason ? ` (${pause.reason})` : '';
    return {
      accepted: true,
      reason: `it tries again when the pause of ${pause.by}${why} has ended; one more \`resume\` ends that`,
    };
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
  const person = (name: string) => name.trim().toLowerCase();
  return gate?.approvals.some((other) => person(other) === person(by)) ? `${by} has approved already` : undefined;
}
