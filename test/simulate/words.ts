import type { OpenGate } from '../../src/contract/messages';
import type { GateName } from '../../src/contract/phases';
import type { Plan } from '../../src/plan/schema';
import type { Rule } from './rules';

/** What was said about one gate, under one token. */
interface Word {
  token: string;
  approvals: { by: string; at: number }[];
  rejected: boolean;
  /** The gate's first change has begun under it, at this time. */
  actedAt?: number;
}

/** What people have really said about each gate, by what they were shown; the run's own book-keeping is not asked. */
export class Words {
  private readonly words = new Map<GateName, Word>();
  private readonly asking = new Map<number, { gate: GateName; at: number }>();
  /** The newest evidence of each gate: when it was asked for, and whether it held. */
  private readonly proofs = new Map<GateName, { at: number; holds: boolean }>();
  private resumedAt = -Infinity;

  constructor(
    private readonly plan: Plan,
    private readonly broken: (rule: Rule, what: string) => void,
  ) {}

  /** Somebody said something while this gate was shown. */
  said(name: string, { gate, token, by }: Record<string, unknown>, at: number, shown?: OpenGate): void {
    const word = shown && this.words.get(shown.gate);
    if (!shown || !word || gate !== shown.gate || token !== shown.token || word.token !== token || word.rejected)
      return;
    if (name === 'reject') Object.assign(word, { approvals: [], rejected: true });
    const person = typeof by === 'string' ? by.trim().toLowerCase() : '';
    const enough = word.approvals.length >= this.needed(shown.gate);
    if (name !== 'approve' || !shown.evidence.holds || person === '' || enough) return;
    if (word.approvals.every((one) => one.by !== person)) word.approvals.push({ by: person, at });
  }

  /** A pause or a block was ended. */
  wentOn(at: number): void {
    this.resumedAt = at;
  }

  /** What the run shows after a task: a new token takes back all words. */
  shown(gate: OpenGate | undefined): void {
    if (!gate || this.words.get(gate.gate)?.token === gate.token) return;
    this.words.set(gate.gate, { token: gate.token, approvals: [], rejected: false });
  }

  /** Evidence is asked for. */
  asked(gate: GateName, seq: number, at: number): void {
    this.asking.set(seq, { gate, at });
  }

  /** What was seen. */
  answered(gate: GateName, seq: number, holds: boolean): void {
    const at = this.asking.get(seq)?.at;
    if (at !== undefined) this.proofs.set(gate, { at, holds });
  }

  /** The first change behind a gate begins. */
  acts(gate: GateName, now: number, paused: boolean): void {
    const word = this.words.get(gate);
    const needed = this.needed(gate);
    const approvals = word?.approvals ?? [];
    if (!word || word.rejected || approvals.length < needed) {
      return this.broken('a-word-for-each-gate', `${gate} is passed with ${approvals.length} of ${needed} approvals`);
    }
    const first = Math.min(...approvals.map(({ at }) => at));
    const last = Math.max(...approvals.map(({ at }) => at));
    const proof = this.proofs.get(gate);
    const again = word.actedAt !== undefined;
    const minutes = this.plan.gates.approvalMinutes;
    if (!again && now - first > minutes * 60_000) {
      this.broken('a-fresh-word', `${gate} is passed ${Math.round((now - first) / 60_000)} min after its approval`);
    }
    if (!proof?.holds || proof.at < last)
      this.broken('proved-after-the-word', `${gate} is passed without a proof after the approval`);
    if (proof && proof.at < this.resumedAt) {
      this.broken(
        'proved-again-after-resume',
        `${gate}: its first change begins after a resume, and nothing was proved since`,
      );
    }
    if (paused) this.broken('pause-holds', `${gate} is passed while the run is paused`);
    word.actedAt = now;
  }

  private needed(gate: GateName): number {
    return this.plan.gates.twoApprovers.includes(gate.split(':')[0] as 'drain') ? 2 : 1;
  }
}
