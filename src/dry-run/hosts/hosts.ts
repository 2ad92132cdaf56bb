import type { Agent } from 'node:http';
import { z } from 'zod';
import type { DryRunStep } from '../../contract/dry-run';
import type { LedgerEntry, UndoResult } from '../../contract/ledger';
import { PHASES } from '../../contract/phases';
import { readFileScript } from '../../hosts/read-file';
import { scriptFailed } from '../../hosts/errors';
import type { Hosts, Recorded, ScriptOptions, ScriptResult, UndoSelector } from '../../hosts/hosts';
import type { Trust } from '../../hosts/shown-ca';
import type { HostStep, StepEffect } from '../../hosts/step';
import type { HostRef } from '../../plan/hosts';
import { HostModel, type Undo } from './model';
import { familyOf } from '../../hosts/family';
import { changeOf, type Before } from './changes';

/** A step that was done in the model, and how it is taken back there. */
interface Done {
  step: HostStep;
  shown: DryRunStep;
  undo: Undo;
}

/** A change of the cluster is a step too: its record is kept on the hub before it is made. */
const clusterChange = z.object({ id: z.string(), phase: z.enum(PHASES), summary: z.string() });

/** Told when a step would start or stop a service, so that the model of the cluster knows it too. */
export type OnService = (host: HostRef, unit: string, running: boolean) => void;

/**
 * The dry run's implementation of `Hosts`: it reads for real, and changes nothing. A step is checked on the host; one that
 * would be applied is taken into a model of the host instead, which then answers for what would be there.
 */
export class DryRunHosts implements Hosts {
  /** Every step in order, with what it would change. */
  readonly steps: DryRunStep[] = [];
  private readonly models = new Map<string, HostModel>();
  private readonly done = new Map<string, Done[]>();
  private readonly records = new Map<string, Map<string, unknown>>();

  constructor(
    private readonly real: Hosts,
    private readonly onService: OnService = () => undefined,
  ) {}

  /** Notes what was undone in the cluster: those steps do not stay. */
  undone({ host, undone }: UndoResult): void {
    for (const step of this.steps) if (step.host === host && undone.includes(step.step)) step.stays = false;
  }

  /** The model of one host. */
  model(host: string): HostModel {
    const known = this.models.get(host) ?? new HostModel();
    this.models.set(host, known);
    return known;
  }

  async read(host: HostRef, script: string, options?: ScriptOptions): Promise<ScriptResult> {
    const answer = this.model(host.name).answer(script);
    if (answer !== undefined) return { code: 0, stdout: answer, stderr: '' };
    return this.real.read(host, script, options);
  }

  async ask(host: HostRef, script: string, options?: ScriptOptions): Promise<string> {
    const answer = this.model(host.name).answer(script);
    return answer ?? this.real.ask(host, script, options);
  }

  async apply(host: HostRef, step: HostStep): Promise<LedgerEntry> {
    const { phase, id, summary } = step;
    const entry = { host: host.name, phase, step: id, summary, at: new Date().toISOString() };
    const known = (this.done.get(host.name) ?? []).find((one) => one.step.id === id);
    const changed = !(await this.isDone(host, step));
    if (known && !changed) return { ...entry, changed: true };
    const effects = step.effects ?? [];
    const changes = changed ? await Promise.all(effects.map((effect) => this.shown(host, effect))) : [];
    const shown = { host: host.name, phase, step: id, summary, changed, stays: changed, changes: changes.flat() };
    this.steps.push(shown);
    // A step that finds all well says nothing about services that its package would have started.
    const kept = changed ? effects : effects.filter((effect) => effect.kind !== 'service');
    const undo = this.model(host.name).take(kept.flatMap(withFileAnswer));
    if (changed) {
      this.done.set(host.name, [...(this.done.get(host.name) ?? []), { step, shown, undo }]);
      for (const effect of effects) if (effect.kind === 'service') this.onService(host, effect.unit, effect.running);
    }
    return { ...entry, changed };
  }

  async undo(host: HostRef, selector: UndoSelector = {}): Promise<UndoResult> {
    const all = this.done.get(host.name) ?? [];
    const chosen = all.filter(
      ({ step }) =>
        (selector.phases === undefined || selector.phases.includes(step.phase)) &&
        (selector.steps === undefined || selector.steps.includes(step.id)),
    );
    for (const one of [...chosen].reverse()) {
      one.undo();
      one.shown.stays = false;
    }
    this.done.set(
      host.name,
      all.filter((one) => !chosen.includes(one)),
    );
    return { host: host.name, undone: chosen.map(({ step }) => step.id).reverse() };
  }

  async forget(host: HostRef): Promise<void> {
    this.done.delete(host.name);
    this.records.delete(host.name);
  }

  async claim(): Promise<never> {
    throw new Error('a dry run makes no host its own');
  }

  async release(): Promise<never> {
    throw new Error('a dry run has no host of its own');
  }

  async renew(): Promise<never> {
    throw new Error('a dry run has no host of its own');
  }

  async saved(host: HostRef, step: string): Promise<string | undefined> {
    return this.real.saved(host, step);
  }

  async recorded(host: HostRef): Promise<Recorded> {
    return this.real.recorded(host);
  }

  async keep(host: HostRef, name: string, record: unknown): Promise<void> {
    const records = await this.recordsOf(host);
    const change = clusterChange.safeParse(record);
    if (change.success && !records.has(name)) {
      const { id, phase, summary } = change.data;
      this.steps.push({ host: host.name, phase, step: id, summary, changed: true, stays: true, changes: [] });
    }
    // Written down for real it would be JSON too.
    records.set(name, JSON.parse(JSON.stringify(record)) as unknown);
  }

  async kept(host: HostRef): Promise<Record<string, unknown>> {
    return Object.fromEntries([...(await this.recordsOf(host))].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async unkeep(host: HostRef, name: string): Promise<void> {
    (await this.recordsOf(host)).delete(name);
  }

  agent(host: HostRef, trust?: Trust): Agent {
    return this.real.agent(host, trust);
  }

  /** Nothing: the connections belong to whoever opened them. */
  async close(): Promise<void> {}

  private async recordsOf(host: HostRef): Promise<Map<string, unknown>> {
    const known = this.records.get(host.name) ?? new Map(Object.entries(await this.real.kept(host)));
    this.records.set(host.name, known);
    return known;
  }

  /** What steps before this one have decided counts; what none has is asked of the host, by the step's own check. */
  private async isDone(host: HostRef, step: HostStep): Promise<boolean> {
    const model = this.model(host.name);
    const known = (step.effects ?? []).map((effect) => model.holds(effect)).filter((holds) => holds !== undefined);
    if (known.length > 0) return known.every(Boolean);
    const check = `BACKUP=/nonexistent\n(set -eu\numask 022\ncd /\n${step.check}\n) >/dev/null 2>&1 </dev/null`;
    const { code } = await this.real.read(host, check, { timeoutSeconds: step.timeoutSeconds ?? 120 });
    if (code === null) throw scriptFailed(`${host.name}: the connection was lost during a look`);
    return code === 0;
  }

  private shown(host: HostRef, effect: StepEffect) {
    const model = this.model(host.name);
    const before: Before = {
      family: familyOf(host),
      ask: (script) => this.real.read(host, script),
      file: (path) => model.file(path),
      service: (unit) => model.service(unit),
      rules: () => model.rulesThere(),
    };
    return changeOf(effect, before);
  }
}

/** What is written to a file is what a later step reads there. */
function withFileAnswer(effect: StepEffect): StepEffect[] {
  if (effect.kind !== 'file' || effect.content === undefined) return [effect];
  const stdout = Buffer.from(effect.content).toString('base64');
  return [effect, { kind: 'answer', script: readFileScript(effect.path), stdout }];
}
