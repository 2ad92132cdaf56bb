import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { AuditEntry } from '../../contract/audit';
import { firstChangeMade } from '../gate/first-change';
import {
  DRAIN_NEWS,
  drainNewsSignal,
  lookAgainSignal,
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
import { decide, type Decision, type Immediate } from './decide';
import { giveUp } from './give-up';
import { DRAIN_TRIES, drainTriesSignal, triedSignal } from './tries';
import { isFresh } from '../../contract/evidence';
import type { Migration } from '../run/migration';
import { statusOf } from '../state/status';
import { samePerson } from '../../text/person';

/** Judges a message from anywhere, does what it says or nothing at all, and keeps both in the audit. Never throws. */
function receive(m: Migration, name: Immediate, raw: unknown): Verdict {
  const message = readMessage(name, raw);
  if (typeof message === 'string') return malformed(m, name, message);
  return kept(m, name, message, decide(m, name, message));
}

/** The same for the word that a host is gone, which is answered when it was looked at the cluster. */
async function receiveGiveUp(m: Migration, raw: unknown): Promise<Verdict> {
  const message = readMessage('giveUp', raw);
  if (typeof message === 'string') return malformed(m, 'giveUp', message);
  return kept(m, 'giveUp', message, await giveUp(m, message));
}

function malformed(m: Migration, kind: MessageName, reason: string): Verdict {
  m.state.audit({ kind, accepted: false, reason });
  return { accepted: false, reason };
}

function kept<N extends MessageName>(m: Migration, name: N, message: Message<N>, verdict: Decision): Verdict {
  const { gate, by, note, reason, at: sent } = message as Partial<Message<'approve'> & Message<'reject'>>;
  const entry = {
    kind: name,
    gate,
    by,
    note: [note ?? reason, wishOf(message)].filter((part) => part !== undefined).join('; ') || undefined,
    ...(sent !== undefined && { sent }),
    ...verdict,
  };
  m.state.audit(entry, takesPlace(m, entry));
  return { accepted: verdict.accepted, reason: verdict.reason ?? 'accepted' };
}

/** Whether a wish for a throttle takes the place of the last word: the same person's, of which nothing was done yet. */
function takesPlace({ state: { data } }: Migration, { kind, by, accepted }: Omit<AuditEntry, 'at'>): boolean {
  const { wish = 0, asked = 0, answered = 0 } = data.throttle;
  const last = data.audit.at(-1);
  const both = kind === 'throttle' && last?.kind === kind && accepted && last.accepted;
  return both && samePerson(last.by ?? '', by ?? '') && Math.max(asked, answered) < wish - 1;
}

/** What was wished for beside a reason. */
function wishOf({
  maxMBps,
  cutOff,
  all,
  host,
}: Partial<Message<'throttle'> & Message<'resume'> & Message<'giveUp'>>): string | undefined {
  if (host !== undefined) return `give up ${host}`;
  if (maxMBps !== undefined) return `${maxMBps} MiB/s`;
  if (all) return 'of all';
  return cutOff && `cut off ${cutOff.join(', ')}`;
}

/** An update that is refused fails for its sender, with the reason; the run goes on. */
function orRefused(verdict: Verdict): Verdict {
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
  setHandler(QUERIES.status, () => statusOf(m.state));
  setHandler(QUERIES.plan, () => m.plan);
  setHandler(QUERIES.audit, () => m.state.data.audit);
  setHandler(QUERIES.evidence, () => m.state.data.gate?.evidence ?? m.state.data.lastEvidence ?? null);
  setHandler(QUERIES.samples, () => m.state.data.samples);
  setHandler(drainsQuery, () => m.state.drains() ?? null);

  const { giveUp: giveUpSignal, ...signals } = SIGNALS;
  for (const name of Object.keys(signals) as (keyof typeof signals)[]) {
    setHandler(signals[name], (raw) => void receive(m, name, raw));
  }
  const { giveUp: giveUpUpdate, ...updates } = UPDATES;
  for (const name of Object.keys(updates) as (keyof typeof updates)[]) {
    setHandler(updates[name], (raw) => orRefused(receive(m, name, raw)), { validator: validator(name) });
  }
  setHandler(giveUpSignal, async (raw) => void (await receiveGiveUp(m, raw)));
  setHandler(giveUpUpdate, async (raw) => orRefused(await receiveGiveUp(m, raw)), { validator: validator('giveUp') });
  setHandler(notToldSignal, (raw) => {
    const lost = NOT_TOLD.safeParse(raw);
    if (!lost.success) return;
    const { event, receiver, reason } = lost.data;
    m.state.audit({ kind: 'notify', accepted: false, note: `${receiver} was not told: ${event}`, reason });
  });
  setHandler(lookAgainSignal, () => {
    const { gate } = m.state.data;
    // What was taken a moment ago is not taken again, however often somebody asks.
    if (gate && !isFresh(gate.evidence)) m.state.set({ gate: { ...gate, looksAgain: true } });
  });
  setHandler(triedSignal, (raw) => m.tries.heard(raw));
  setHandler(drainTriesSignal, (raw) => {
    const { draining, drainRun } = m.state.data;
    const { data } = DRAIN_TRIES.safeParse(raw);
    if (data && data.host === draining && data.run === drainRun) m.tries.heardOfChild(data.trying);
  });
  setHandler(drainNewsSignal, (raw) => {
    const news = DRAIN_NEWS.safeParse(raw);
    if (!news.success || news.data.host !== m.state.data.draining) return;
    // Of another run than the one that was started here nothing is believed.
    if (news.data.run !== undefined && news.data.run !== m.state.data.drainRun) return;
    // Whatever the child tells, its first change is recorded.
    if (news.data.run !== undefined) firstChangeMade(m, `drain:${news.data.host}`);
    if (news.data.stopping) m.state.stopping(news.data.host);
    if (news.data.ledger && news.data.run !== undefined) m.state.record(news.data.ledger);
    if (news.data.progress) m.state.progressed(news.data.progress);
  });
}
