import type { BridgeFacts, GivenUpHost, ReportInput, RollbackRecord, RollbackStage } from '../../contract/activities';
import type { AuditEntry } from '../../contract/audit';
import type { PhaseRecord } from '../../contract/phases';
import type { Proof } from '../../contract/proof';
import type { ClusterFacts } from '../../contract/cluster-facts';
import type { Check, Evidence } from '../../contract/evidence';
import type { KeptRecord } from '../../contract/kept-record';
import type { LedgerEntry, UndoResult } from '../../contract/ledger';
import type { OpenGate, Status } from '../../contract/messages';
import { PHASES, type GateName, type Phase } from '../../contract/phases';
import type { MoveProgress, Sample } from '../../contract/progress';
import type { Trying } from '../../contract/trying';
import type { DrainAsked } from '../../contract/side-activities';
import { allHosts } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { without } from '../../plan/without';
import { list } from '../../text/format';
import type { Held } from './holds';
import { keptToo } from './kept';
import { addSamples } from './samples';

/** A gate as the run keeps it: what people see, and what approvals are judged by. */
export interface GateState extends OpenGate {
  /** Earlier tokens of this gate, to tell an old token from a wrong one. */
  oldTokens: string[];
  /** Workflow time of the first approval, ms since the epoch; approvals expire from there. */
  approvedAt?: number;
  /** How many hosts had been given up when it was opened. */
  without?: number;
  /** Somebody is about to decide: the evidence is taken anew. */
  looksAgain?: boolean;
  /** Who said no and why; it opens again, with a new token, after `resume`. */
  rejected?: { by: string; reason: string };
}

/** A word that was given and proved, and behind which nothing is recorded yet: its gate is not passed before. */
export interface Word {
  gate: GateName;
  evidence: Evidence;
  approvedBy: string[];
  openedAt: string;
  /** Workflow time of the first approval, ms since the epoch. */
  approvedAt: number;
  /** How often the run had been held when its evidence was taken. */
  holds?: number;
}

/** Everything that a run knows: plain JSON, so that a new run of the same migration can carry it on. */
export interface Data {
  startedAt: string;
  outcome: Status['outcome'];
  phase: Phase;
  doing: string;
  /** Who holds it, each by a hold of their own; see holds.ts. */
  held?: Held[];
  /** How often the run was held, so that a pause that has ended is known to have been. */
  holds?: number;
  blocked?: string;
  /** What does not work yet and is tried again by itself. */
  trying?: Trying[];
  rollback?: Omit<RollbackRecord, 'stages'> & { cancelled: boolean };
  /** Stage of the rollback that is under way. */
  rollbackStage?: string;
  /** Stages of the rollback that are done. */
  rolledBack: RollbackStage[];
  /** It goes back in the order of an older release. */
  backAsBefore?: boolean;
  /** Hosts that can't be reached on the way back, and why; they are seen to by its last stage. */
  owed?: Record<string, string>;
  /** Addresses that a person lets be cut off from the new side when its fronts go. */
  cutOff?: string[];
  /** The last proof, that nothing of the move is left. */
  proof?: Proof;
  /** What was wanted last, in MiB/s, the how manieth wish that was, which one was answered last, and what is in force. */
  throttle: { wanted?: number; wish?: number; answered?: number; applied?: number };
  /** The cluster's settings are being put back, or are: nothing of ours may be set any more. */
  settingsRestored: boolean;
  /** What is known was read from the hosts, after a run that was terminated. */
  surveyed?: boolean;
  /** Hosts that were given up: they are in the plan no more. */
  givenUp?: GivenUpHost[];
  /** Hosts that this run has made its own. */
  claimed: string[];
  /** The hub may have the mark of teardown: it was asked for. */
  marking?: boolean;
  /** Teardown's action has begun, here or in a run before. */
  tearingDown?: boolean;
  /** New nodes that were started, or may have been. */
  started: string[];
  switchedApps: string[];
  /** Apps that were pointed at the fronts, or may have been, and are not back; absent in a run of an older release. */
  pointedApps?: string[];
  /** Apps that are to go back to the old nodes, as one of them did not work on the fronts. */
  returning?: { hosts: string[]; reason: string };
  /** Why the next gate is not opened for the first time. */
  reopenedBecause?: string;
  draining?: string;
  /** First run of the child that drains it, while that is waited for. */
  drainRun?: string;
  drained: string[];
  /** Old nodes that were stopped, or may have been: a rollback starts them again. */
  stopped: string[];
  progress?: MoveProgress;
  /** It was said that shards are stuck, and not yet that they move again. */
  stuck?: boolean;
  /** What people were told of and is still so; see src/workflows/notices/notices.ts. */
  told?: string[];
  gate?: GateState;
  word?: Word;
  passed: ReportInput['gates'];
  lastEvidence?: Evidence;
  cluster?: ClusterFacts;
  bridge?: BridgeFacts;
  checks: Check[];
  phases: PhaseRecord[];
  audit: AuditEntry[];
  ledger: LedgerEntry[];
  /** What the hub has recorded of the cluster, as long as it is not put back; see kept.ts. */
  kept?: KeptRecord[];
  undone: UndoResult[];
  samples: Sample[];
}

/** Bounds of what is carried along: payloads end at 2 MB. The hosts' own ledgers are complete in any case. */
const LEDGER_KEPT = 4000;
const REFUSALS_KEPT = 200;
const UNDONE_KEPT = 2000;

/** The current workflow time as ISO 8601; deterministic, since Temporal replaces Date in workflows. */
export function now(): string {
  return new Date().toISOString();
}

/** What is known of a migration, and the only way in which that changes. */
export class State {
  readonly data: Data;
  private left?: { given: readonly GivenUpHost[]; plan: Plan };

  /**
   * @param given the plan as the run was started with it
   * @param onChange is called after each change, to show it
   * @param carried what the run before knew, when this one goes on where it ended
   */
  constructor(
    readonly given: Plan,
    private readonly onChange: (state: State) => void,
    carried?: Data,
  ) {
    this.data = carried ?? {
      startedAt: now(),
      outcome: 'running',
      phase: PHASES[0],
      doing: 'starting',
      rolledBack: [],
      throttle: {},
      settingsRestored: false,
      claimed: [],
      started: [],
      switchedApps: [],
      pointedApps: [],
      drained: [],
      stopped: [],
      passed: [],
      checks: [],
      phases: [],
      audit: [],
      ledger: [],
      undone: [],
      samples: [],
    };
  }

  /** The plan without the hosts that were given up so far. */
  get plan(): Plan {
    const { givenUp } = this.data;
    if (!givenUp) return this.given;
    if (this.left?.given !== givenUp) this.left = { given: givenUp, plan: without(this.given, this.givenUp()) };
    return this.left.plan;
  }

  /** Names of the hosts that were given up so far. */
  givenUp(): string[] {
    return (this.data.givenUp ?? []).map(({ host }) => host);
  }

  /** Of these hosts those that are in the plan still. */
  stillThere(hosts: readonly string[]): string[] {
    const known = new Set(allHosts(this.plan).map(({ name }) => name));
    return hosts.filter((host) => known.has(host));
  }

  /** Changes what is given, and shows it. */
  set(patch: Partial<Data>): void {
    Object.assign(this.data, patch);
    this.onChange(this);
  }

  /** Says what the run does or waits for now, in one sentence. */
  doing(sentence: string): void {
    this.set({ doing: sentence });
  }

  /** Shows how far shards have moved; that they are stuck, and that they move again, is kept once each. */
  progressed(progress: MoveProgress): void {
    const { stuck, unanswered } = progress;
    this.set({ progress });
    if (stuck && !this.data.stuck) {
      this.set({ stuck: true });
      this.audit({ kind: 'stuck', accepted: true, note: stuck.sentence, reason: stuck.action });
    } else if (this.data.stuck && !stuck && !unanswered) {
      this.set({ stuck: undefined });
      this.audit({ kind: 'moves-again', accepted: true, reason: 'shards move again' });
    }
  }

  /** Keeps who asked for what; refusals are bounded, so that no flood of messages fills the run up. */
  audit(entry: Omit<AuditEntry, 'at'>): void {
    const audit = [...this.data.audit, { at: now(), ...entry }];
    const refused = audit.filter((one) => !one.accepted);
    const oldest = refused.length > REFUSALS_KEPT ? refused[0] : undefined;
    this.set({ audit: oldest ? audit.filter((one) => one !== oldest) : audit });
  }

  /**
   * Keeps what was changed on the world; of a very large move only the newest entries. What is made again after its undo is
   * not undone any more.
   */
  record(entries: LedgerEntry[]): void {
    const keyOf = ({ host, step }: { host: string; step: string }) => `${host}/${step}`;
    const known = new Set(entries.map(keyOf));
    const made = new Set(entries.filter(({ changed }) => changed).map(keyOf));
    const others = this.data.ledger.filter((entry) => !known.has(keyOf(entry)));
    const undone = this.data.undone
      .map(({ host, undone: steps }) => ({ host, undone: steps.filter((step) => !made.has(keyOf({ host, step }))) }))
      .filter(({ undone: steps }) => steps.length > 0);
    const told = entries.map(({ kept: _, ...entry }) => entry);
    const kept = keptToo(
      this.data.kept,
      entries.flatMap((entry) => entry.kept ?? []),
    );
    this.set({ ledger: [...others, ...told].slice(-LEDGER_KEPT), undone, ...(kept && { kept }) });
  }

  /** Notes that the hub had lost its record of these changes of the cluster, and has it again. */
  keptAgain(lost: string[]): void {
    const reason = `the hub had lost its record of ${list(lost)}; written there again from the run's own copy`;
    this.audit({ kind: 'recorded-again', accepted: true, reason });
  }

  /** Keeps what was undone. */
  recordUndone(result: UndoResult): void {
    if (result.undone.length > 0) this.set({ undone: [...this.data.undone, result].slice(-UNDONE_KEPT) });
  }

  /** Keeps what `observe` saw. */
  watched(samples: Sample[]): void {
    this.set({ samples: addSamples(this.data.samples, samples) });
  }

  /** Whether the phase was begun, so that there may be something to undo. */
  begun(phase: Phase): boolean {
    return this.data.phases.some((record) => record.phase === phase);
  }

  /** Whether the phase is done. */
  ended(phase: Phase): boolean {
    return this.data.phases.some((record) => record.phase === phase && record.endedAt !== undefined);
  }

  /** Opens the record of a phase; a phase that is tried again keeps its first start. */
  begin(phase: Phase): void {
    const phases = this.begun(phase) ? this.data.phases : [...this.data.phases, { phase, startedAt: now() }];
    const progress = this.begun(phase) ? this.data.progress : undefined;
    this.set({ phase, phases, doing: `${phase} begins`, progress });
  }

  /** Closes the record of a phase with one sentence of what it did. */
  end(phase: Phase, summary: string): void {
    const close = (record: PhaseRecord) => (record.phase === phase ? { ...record, endedAt: now(), summary } : record);
    this.set({ phases: this.data.phases.map(close), progress: undefined });
  }

  /** Whether the run was held since it had been so often, be it held still or not. */
  heldSince(holds: number | undefined): boolean {
    return (this.data.holds ?? 0) !== (holds ?? 0);
  }

  /** Whether a person's word for this gate was given, and the first change behind it is recorded. */
  hasPassed(gate: GateName): boolean {
    return this.data.passed.some((passed) => passed.gate === gate);
  }

  /** Whether the hub has the mark of teardown: with the bridge on its way out there is nothing to go back over. */
  tearingDown(): boolean {
    return this.data.tearingDown === true || this.hasPassed('teardown');
  }

  /** The drain that is waited for: the one that a person's word was given for, in this run. */
  drains(): DrainAsked | undefined {
    const { draining: host, drainRun: run, phase, rollback, outcome } = this.data;
    if (host === undefined || run === undefined || rollback || outcome !== 'running') return undefined;
    const gate: GateName = `drain:${host}`;
    const said = this.data.word?.gate === gate || this.hasPassed(gate);
    return phase === 'drain' && said ? { host, run } : undefined;
  }

  /** Notes that an old node is about to be stopped. */
  stopping(host: string): void {
    this.set({ stopped: [...new Set([...this.data.stopped, host])] });
  }
}
