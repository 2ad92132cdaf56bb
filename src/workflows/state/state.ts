import type { GivenUpHost } from '../../contract/activities';
import type { AuditEntry } from '../../contract/audit';
import type { LedgerEntry, UndoResult } from '../../contract/ledger';
import { PHASES, type GateName, type Phase, type PhaseRecord } from '../../contract/phases';
import type { MoveProgress, Sample } from '../../contract/progress';
import type { DrainAsked } from '../../contract/side-activities';
import { allHosts } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { without } from '../../plan/without';
import { list } from '../../text/format';
import { bounded, carriedBytes, LARGEST_PAYLOAD } from './bounds';
import type { Data } from './data';
import { keptToo } from './kept';
import { addSamples } from './samples';

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
    this.data = (carried && bounded(carried)) ?? {
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

  /** Changes what is given, within its bounds, and shows it. */
  set(patch: Partial<Data>): void {
    Object.assign(this.data, bounded(patch, this.data.leftOut));
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

  /**
   * Keeps who asked for what.
   * @param instead of the last word: that is over, and nothing came of it
   */
  audit(entry: Omit<AuditEntry, 'at'>, instead = false): void {
    const before = instead ? this.data.audit.slice(0, -1) : this.data.audit;
    this.set({ audit: [...before, { at: now(), ...entry }] });
  }

  /**
   * Keeps what was changed on the world. What is made again after its undo is not undone any more.
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
    this.set({ ledger: [...others, ...told], undone, ...(kept && { kept }) });
  }

  /** Notes that the hub had lost its record of these changes of the cluster, and has it again. */
  keptAgain(lost: string[]): void {
    const reason = `the hub had lost its record of ${list(lost)}; written there again from the run's own copy`;
    this.audit({ kind: 'recorded-again', accepted: true, reason });
  }

  /** Keeps what was undone. */
  recordUndone(result: UndoResult): void {
    if (result.undone.length > 0) this.set({ undone: [...this.data.undone, result] });
  }

  /** Keeps what `observe` saw. */
  watched(samples: Sample[]): void {
    this.set({ samples: addSamples(this.data.samples, samples) });
  }

  /** Bytes that it carries along, once they are half of what one payload may have. */
  large(): { bytes: number; most: number } | undefined {
    const bytes = carriedBytes(this.given, this.data);
    return bytes < LARGEST_PAYLOAD / 2 ? undefined : { bytes, most: LARGEST_PAYLOAD };
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
