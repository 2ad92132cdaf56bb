import { TELLING_STEPS, type LedgerEntry } from '../../../src/contract/ledger';
import type { Phase } from '../../../src/contract/phases';
import type { Plan } from '../../../src/plan/schema';
import { clusterOf, nodeOf, type LiveCluster } from './cluster';

/** Where apps, or the quorum, are. */
export type Side = 'old' | 'new' | 'both' | 'none';

/** Hosts, cluster and apps as they are, with the ledgers on the hosts; what activities change, and what judges look at. */
export class World {
  readonly cluster: LiveCluster;
  /** What was changed on hosts and is there now, as `host/step`. */
  readonly things = new Set<string>();
  /** Recorded steps by host, oldest first; those of the cluster stand under `cluster`. */
  readonly ledger = new Map<string, LedgerEntry[]>();
  /** Who holds a host: workflow id and first run of its chain. */
  readonly claims = new Map<string, { owner: string; run: string }>();
  readonly appsOnFronts = new Set<string>();
  settingsKept = false;
  tearingDown = false;
  /** Facts that hold, but for those that an incident says do not. */
  readonly untrue = new Map<string, number>();
  /** Indices, also those that apps have made since. */
  indices: number;
  readonly old: string[];
  readonly fresh: string[];
  readonly apps: string[];

  /** @param now workflow time, ms since the epoch */
  constructor(
    readonly plan: Plan,
    seed: number,
    readonly now: () => number,
    /** A node was stopped with so many copies on it. */
    readonly onStop: (host: string, copies: number) => void,
  ) {
    const names = (all: { name: string }[]) => all.map(({ name }) => name);
    this.old = names(plan.hosts.old);
    this.fresh = names(plan.hosts.new);
    this.apps = names(plan.hosts.apps);
    this.cluster = clusterOf(plan, seed);
    this.indices = this.cluster.state.indices.length;
  }

  /** Names of the nodes in the cluster. */
  members(): string[] {
    return this.cluster.state.nodes.map(({ name }) => name);
  }

  /** Whether something that an incident took away is so now. */
  holds(fact: string): boolean {
    return this.now() >= (this.untrue.get(fact) ?? 0);
  }

  /** The side that the apps use. */
  appSide(): Side {
    const count = this.appsOnFronts.size;
    return count === 0 ? 'old' : count === this.apps.length ? 'new' : 'both';
  }

  /** The side that has the votes. */
  quorumSide(): Side {
    const { voters } = this.cluster.state;
    const here = voters.filter((name) => this.members().includes(name));
    const old = here.some((name) => this.old.includes(name));
    const fresh = here.some((name) => this.fresh.includes(name));
    return old && fresh ? 'both' : old ? 'old' : fresh ? 'new' : 'none';
  }

  /** Whether an old and a new node reach each other by their real addresses. */
  reach(old: string, fresh: string): boolean {
    const has = (host: string, step: string) => this.things.has(`${host}/${step}`);
    return (
      has('hub', 'bridge-hub') &&
      [old, fresh].every((host) => has(host, 'bridge-client') && has(host, 'redirect-rules')) &&
      !has(fresh, `without-${old}`)
    );
  }

  /** Makes a change on a host: recorded with its undo first, then made; done already, it is made again. */
  step(host: string, phase: Phase, step: string, make: () => void = () => undefined): LedgerEntry[] {
    const entry = this.record(host, host, phase, step);
    this.things.add(`${host}/${step}`);
    make();
    return [entry];
  }

  /** Makes a change of the cluster, recorded on the hub first. */
  clusterStep(phase: Phase, step: string, make: () => void): LedgerEntry[] {
    const entry = this.record('cluster', 'hub', phase, step);
    make();
    return [entry];
  }

  /** Undoes what a host has recorded of these phases, newest first. @returns what was undone */
  undo(host: string, phases?: Phase[]): string[] {
    const all = this.ledger.get(host) ?? [];
    const gone = all.filter(({ phase }) => phases === undefined || phases.includes(phase)).reverse();
    for (const { step } of gone) {
      this.inverse(host, step);
      this.things.delete(`${host}/${step}`);
    }
    this.ledger.set(
      host,
      all.filter((entry) => !gone.includes(entry)),
    );
    return gone.map(({ step }) => step);
  }

  /** Puts back what was changed of the cluster in these phases, newest first. */
  undoCluster(phases?: Phase[]): string[] {
    const all = this.ledger.get('cluster') ?? [];
    const gone = all.filter(({ phase }) => phases === undefined || phases.includes(phase)).reverse();
    for (const { step } of gone) {
      if (step.startsWith('exclude-')) {
        this.cluster.exclude(this.cluster.excluded().filter((name) => `exclude-${name}` !== step));
      }
      if (step === 'quorum' || step === 'cluster-join') this.cluster.clearVoteless();
      this.things.delete(`cluster/${step}`);
    }
    this.ledger.set(
      'cluster',
      all.filter((entry) => !gone.includes(entry)),
    );
    return gone.map(({ step }) => step);
  }

  /** A node starts, and joins if it reaches the others. */
  start(host: string): void {
    if (!this.members().includes(host)) this.cluster.join(nodeOf(host));
  }

  /** A node stops. */
  stop(host: string): void {
    if (!this.members().includes(host)) return;
    this.onStop(host, this.cluster.on(host).length);
    this.cluster.leave(host);
  }

  /** Everything that is left of a migration, as `host/what`. */
  left(): string[] {
    const steps = [...this.ledger.values()].flat().map(({ host, step }) => `${host}/${step}`);
    const claims = [...this.claims.keys()].map((host) => `${host}/claim`);
    return [...steps, ...claims, ...(this.settingsKept ? ['hub/settings-before'] : [])];
  }

  private record(at: string, host: string, phase: Phase, step: string): LedgerEntry {
    const all = this.ledger.get(at) ?? [];
    const known = all.find((entry) => entry.step === step);
    if (known) return known;
    const time = new Date(this.now()).toISOString();
    const entry = { host, phase, step, summary: `${step} on ${host}`, changed: true, at: time };
    this.ledger.set(at, [...all, entry]);
    if (at === 'cluster') this.things.add(`cluster/${step}`);
    return entry;
  }

  private inverse(host: string, step: string): void {
    if (step === TELLING_STEPS.NODE_STARTED) this.stop(host);
    if (step === TELLING_STEPS.NODE_STOPPED) this.start(host);
    if (step === TELLING_STEPS.APP_SWITCHED) this.appsOnFronts.delete(host);
  }
}
