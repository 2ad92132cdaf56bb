import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import { approvedByEnough, failing } from '../gate/gate';
import {
  DRAIN_NEWS,
  drainNewsSignal,
  NOT_TOLD,
  notToldSignal,
  drainsQuery,
  QUERIES,
  readMessage,
  SIGNALS,
  UPDATES,
  type Message,
  type MessageName,
  type Verdict,
} from './messages';
import type { Migration } from '../run/migration';
import type { GateState } from '../state/state';

type Deciders = { [N in MessageName]: (m: Migration, message: Message<N>) => string | undefined };

/** What each message does. @returns why it is refused, in one sentence; undefined when it was done */
const DECIDE: Deciders = {
  approve: (m, { gate: name, token, by, at }) => {
    const gate = m.state.data.gate;
    const refusal = refuseDecision(m, gate, name, token) ?? refuseOld(m, at) ?? refuseApproval(gate as GateState, by);
    if (refusal !== undefined || !gate) return refusal;
    // The oldest of them counts.
    const approvedAt = Math.min(gate.approvedAt ?? Infinity, sentAt(at));
    m.state.set({ gate: { ...gate, approvals: [...gate.approvals, by], approvedAt } });
    return undefined;
  },
  reject: (m, { gate: name, token, by, reason }) => {
    const gate = m.state.data.gate;
    const refusal = refuseDecision(m, gate, name, token);
    if (refusal !== undefined || !gate) return refusal;
    m.state.set({
      gate: { ...gate, approvals: [], approvedAt: undefined, rejected: { by, reason } },
      pause: { by, reason: `gate ${name} was rejected: ${reason}` },
    });
    return undefined;
  },
  pause: (m, { by, reason }) => {
    if (m.state.data.pause) return `it is paused already, by ${m.state.data.pause.by}`;
    m.state.set({ pause: { by, reason } });
    return undefined;
  },
  resume: (m) => {
    if (!m.state.data.pause && m.state.data.blocked === undefined) return 'it is neither paused nor blocked';
    m.state.set({ pause: undefined, blocked: undefined });
    return undefined;
  },
  throttle: (m, { maxMBps }) => {
    m.state.set({ throttle: { ...m.state.data.throttle, wanted: maxMBps } });
    return undefined;
  },
  rollback: (m, { by, reason }) => m.control.rollback(by, reason),
};

function refuseDecision(m: Migration, gate: GateState | undefined, name: string, token: string): string | undefined {
  if (m.state.data.rollback) return 'it is being rolled back';
  if (!gate) return 'no gate is open';
  if (gate.gate !== name) return `gate ${name} is not open; ${gate.gate} is`;
  if (gate.rejected) return `the gate was rejected by ${gate.rejected.by}; after resume it opens with a new token`;
  if (gate.oldTokens.includes(token)) return 'an old token: the gate was opened again since; look at its evidence anew';
  if (gate.token !== token) return 'not the token of this gate; the query status shows it';
  return undefined;
}

/** When something was said, in ms since the epoch; a clock that is fast makes no word younger than its arrival. */
function sentAt(at: string | undefined): number {
  return at === undefined ? Date.now() : Math.min(Date.now(), Date.parse(at));
}

function refuseOld(m: Migration, at: string | undefined): string | undefined {
  const { approvalMinutes } = m.plan.gates;
  if (Date.now() - sentAt(at) < approvalMinutes * 60_000) return undefined;
  return `it was sent at ${at}, by the sender's clock, and counts for ${approvalMinutes} min; say it again`;
}

function refuseApproval(gate: GateState, by: string): string | undefined {
  const person = (name: string) => name.trim().toLowerCase();
  if (!gate.evidence.holds) return `the evidence does not hold: ${failing(gate.evidence)}`;
  if (gate.approvals.some((other) => person(other) === person(by))) return `${by} has approved already`;
  if (approvedByEnough(gate)) return 'it is approved already';
  return undefined;
}

/** Judges a message from anywhere, does what it says or nothing at all, and keeps both in the audit. Never throws. */
function receive<N extends MessageName>(m: Migration, name: N, raw: unknown): Verdict {
  const message = readMessage(name, raw);
  if (typeof message === 'string') {
    m.state.audit({ kind: name, accepted: false, reason: message });
    return { accepted: false, reason: message };
  }
  const { gate, by, note, reason, at: sent } = message as Partial<Message<'approve'> & Message<'reject'>>;
  const refusal = DECIDE[name](m, message);
  const wish = 'maxMBps' in message ? `${message.maxMBps} MiB/s` : undefined;
  m.state.audit({
    kind: name,
    gate,
    by,
    note: note ?? reason ?? wish,
    ...(sent !== undefined && { sent }),
    accepted: refusal === undefined,
    reason: refusal,
  });
  return { accepted: refusal === undefined, reason: refusal ?? 'accepted' };
}

/** An update that is refused fails for its sender, with the reason; the run goes on. */
function receiveUpdate(m: Migration, name: MessageName, raw: unknown): Verdict {
  const verdict = receive(m, name, raw);
  if (!verdict.accepted) throw ApplicationFailure.nonRetryable(verdict.reason, 'Refused');
  return verdict;
}

/** Refuses malformed updates before they enter the history. Synchronous: Temporal doesn't wait for a promise here. */
function validator(name: MessageName): (raw: unknown) => void {
  return (raw) => {
    const message = readMessage(name, raw);
    if (typeof message === 'string') throw ApplicationFailure.nonRetryable(message, 'Malformed');
  };
}

/** Registers everything that can be said to or asked of a run; called before its first wait. */
export function registerHandlers(m: Migration): void {
  setHandler(QUERIES.status, () => m.state.status());
  setHandler(QUERIES.plan, () => m.plan);
  setHandler(QUERIES.audit, () => m.state.data.audit);
  setHandler(QUERIES.evidence, () => m.state.data.gate?.evidence ?? m.state.data.lastEvidence ?? null);
  setHandler(QUERIES.samples, () => m.state.data.samples);
  setHandler(drainsQuery, () => m.state.drains() ?? null);

  for (const name of Object.keys(SIGNALS) as MessageName[]) {
    setHandler(SIGNALS[name], (raw) => void receive(m, name, raw));
  }
  for (const name of Object.keys(UPDATES) as (keyof typeof UPDATES)[]) {
    setHandler(UPDATES[name], (raw) => receiveUpdate(m, name, raw), { validator: validator(name) });
  }
  setHandler(notToldSignal, (raw) => {
    const lost = NOT_TOLD.safeParse(raw);
    if (!lost.success) return;
    const { event, receiver, reason } = lost.data;
    m.state.audit({ kind: 'notify', accepted: false, note: `${receiver} was not told: ${event}`, reason });
  });
  setHandler(drainNewsSignal, (raw) => {
    const news = DRAIN_NEWS.safeParse(raw);
    if (!news.success || news.data.host !== m.state.data.draining) return;
    // Of another run than the one that was started here nothing is believed.
    if (news.data.run !== undefined && news.data.run !== m.state.data.drainRun) return;
    if (news.data.stopping) m.state.stopping(news.data.host);
    if (news.data.progress) m.state.progressed(news.data.progress);
  });
}
