import { useId, useState } from 'preact/hooks';
import { dateTime } from '../../text/format';
import { confirmation, type GateView } from '../../view/gate';
import { own } from './key';
import { say, type Answer } from './live';

/** An open gate: its evidence, and the person's word. It begins anew when the evidence says something else. */
export function GateCard({ gate, onAnswer }: { gate: GateView; onAnswer: (answer: Answer) => void }) {
  const { evidence, approvals, approvalsNeeded } = gate;
  const heading = useId();
  return (
    <section class="gate" aria-labelledby={heading}>
      <h2 id={heading}>
        Gate {gate.gate} waits for a person{' '}
        <span class={`badge ${evidence.holds ? 'good' : 'bad'}`}>
          {evidence.holds ? 'evidence holds' : 'evidence does not hold'}
        </span>
      </h2>
      <p>{gate.leadsTo}</p>
      <ul class="facts">
        {evidence.facts.map((fact) => (
          <li key={fact.name} class={fact.ok ? 'good' : 'bad'}>
            <span aria-hidden="true">{fact.ok ? '✓' : '✗'}</span>
            <span>
              <span class="unseen">{fact.ok ? 'holds: ' : 'does not hold: '}</span>
              <bdi>{fact.name}</bdi>
              <small>
                <bdi>{fact.seen}</bdi>
              </small>
            </span>
          </li>
        ))}
      </ul>
      <p class="meta">
        Evidence of {dateTime(evidence.takenAt)}, token <code>{gate.token}</code>; {approvals.length} of{' '}
        {approvalsNeeded} approvals
        {approvals.map((by, index) => (
          <span key={by}>
            {index === 0 ? ' (' : ', '}
            <bdi>{by}</bdi>
            {index === approvals.length - 1 && ')'}
          </span>
        ))}
        . You are <bdi>{own()?.by}</bdi>.
      </p>
      {evidence.holds ? (
        <Approve gate={gate} onAnswer={onAnswer} />
      ) : (
        <p>It can be approved once all of this holds; it is looked at again every minute.</p>
      )}
      <Reject gate={gate} onAnswer={onAnswer} />
    </section>
  );
}

interface Decision {
  gate: GateView;
  onAnswer: (answer: Answer) => void;
}

/** Sends once, tells, and puts the focus where the answer is: the form may be gone by then. */
function useSend(onAnswer: (answer: Answer) => void) {
  const [sending, setSending] = useState(false);
  const send = async (demand: Parameters<typeof say>[0]) => {
    setSending(true);
    onAnswer(await say(demand));
    setSending(false);
    document.getElementById('answer')?.focus();
  };
  return { sending, send };
}

function Approve({ gate, onAnswer }: Decision) {
  const [typed, setTyped] = useState('');
  const [note, setNote] = useState('');
  const { sending, send } = useSend(onAnswer);
  const wanted = confirmation(gate);
  const about = { gate: gate.gate, token: gate.token };
  const submit = (event: Event) => {
    event.preventDefault();
    void send({ kind: 'approve', ...about, typed, ...(note.trim() && { note: note.trim() }) });
  };
  return (
    <form onSubmit={submit}>
      <label>
        <span>
          Type <code>{wanted}</code> to approve
        </span>
        <input
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
          autocomplete="off"
          spellcheck={false}
          required
        />
      </label>
      <label>
        Note for the audit, if you like
        <input value={note} onInput={(event) => setNote(event.currentTarget.value)} maxLength={2000} />
      </label>
      <button class="main" disabled={typed !== wanted || sending}>
        Approve {gate.gate}
      </button>
    </form>
  );
}

function Reject({ gate, onAnswer }: Decision) {
  const [reason, setReason] = useState('');
  const { sending, send } = useSend(onAnswer);
  const submit = (event: Event) => {
    event.preventDefault();
    void send({ kind: 'reject', gate: gate.gate, token: gate.token, reason });
  };
  return (
    <details>
      <summary>Reject it; the run is then paused</summary>
      <form onSubmit={submit}>
        <label>
          Why not?
          <input value={reason} onInput={(event) => setReason(event.currentTarget.value)} required maxLength={2000} />
        </label>
        <button disabled={reason.trim() === '' || sending}>Reject {gate.gate}</button>
      </form>
    </details>
  );
}
