import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { packPlaces, type ShardCopy } from '../../src/contract/places';
import type { MoveProgress, Sample } from '../../src/contract/progress';
import type { PlanInput } from '../../src/plan/schema';
import { FakeWorld } from '../workflows/support/fake-world';
import { planInput } from '../workflows/support/plan';

/** How a living world is. */
export interface Life {
  /** Shard groups, over all indices. */
  shards?: number;
  /** Milliseconds between samples, and for which a shard is on its way. */
  everyMs?: number;
  /** Shards that move at the same time. */
  atOnce?: number;
}

const MIB = 2 ** 20;
const INDICES = ['orders', 'customers', 'catalog', 'logs-2026.11.22', 'logs-2026.11.23', 'sessions'];

/** A plan of three old and three new hosts and two apps, for looking at. */
export function livingPlan(): PlanInput {
  const node = (side: 'old' | 'new', network: number) => (i: number) => ({
    name: `${side}-${i}`,
    address: `198.18.${network}.1${i}`,
  });
  const plan = planInput();
  const hosts = {
    ...plan.hosts,
    old: [1, 2, 3].map(node('old', 1)),
    new: [1, 2, 3].map(node('new', 2)),
    apps: plan.hosts.apps.slice(0, 2),
  };
  return { ...plan, hosts };
}

/** Shard groups with a primary and a replica each, spread over the old nodes. */
export function copiesOnOld(shards: number, nodes = ['old-1', 'old-2', 'old-3']): ShardCopy[] {
  return Array.from({ length: shards }, (_, i) => i).flatMap((i) => {
    const index = INDICES[i % INDICES.length] ?? 'orders';
    const copy = { index, shard: Math.floor(i / INDICES.length), state: 'STARTED' as const };
    const bytes = (20 + ((i * 37) % 80)) * MIB;
    return [true, false].map((primary, place) => ({
      ...copy,
      primary,
      node: nodes[(i + place) % nodes.length],
      bytes,
    }));
  });
}

/** A world whose shards really move, from heartbeat to heartbeat, as the migration asks for it. */
export class LivingWorld extends FakeWorld {
  copies: ShardCopy[];
  readonly members = ['old-1', 'old-2', 'old-3'];
  /** Set to hold all moves, as a person who wants to look does. */
  held = false;
  private bridgeBytes = 0;
  private readonly life: Required<Life>;

  constructor({ shards = 60, everyMs = 100, atOnce = 4 }: Life = {}) {
    super(livingPlan());
    this.life = { shards, everyMs, atOnce };
    this.copies = copiesOnOld(shards);
    this.facts = [
      {
        name: 'the cluster is green and at rest',
        ok: true,
        seen: 'green; nothing initializes, moves or is unassigned',
      },
      { name: 'every shard group has a copy on both sides', ok: true, seen: `${shards} of ${shards}` },
      { name: 'every front answers every app host', ok: true, seen: '6 pairs: https and password work' },
      { name: 'no wrong password is let in', ok: true, seen: '401 from 3 fronts' },
    ];
    this.answers.startNewNode = async ({ host }) => {
      this.members.push(host);
      return [];
    };
    this.answers.replicate = () => this.moveSome((copy) => copy.primary && (copy.node ?? '').startsWith('old'));
    this.answers.drain = ({ host }) => this.moveSome((copy) => copy.node === host);
    this.answers.stopNode = async ({ host }) => {
      this.stopped.push(host);
      this.members.splice(this.members.indexOf(host), 1);
      return [];
    };
    this.answers.observe = ({ count }) => this.observe(count);
  }

  private async moveSome(wanted: (copy: ShardCopy) => boolean): Promise<MoveProgress> {
    const total = this.life.shards;
    const next = this.held ? [] : this.copies.filter(wanted).slice(0, this.life.atOnce);
    for (const copy of next) Object.assign(copy, { state: 'RELOCATING', movingTo: this.freest(copy) });
    await sleep(this.life.everyMs * 2);
    for (const copy of next) {
      this.bridgeBytes += copy.primary ? copy.bytes : 0;
      Object.assign(copy, { state: 'STARTED', node: copy.movingTo, movingTo: undefined });
    }
    const left = this.copies.filter(wanted);
    const bytesLeft = left.reduce((sum, copy) => sum + copy.bytes, 0);
    return {
      done: left.length === 0,
      shardsTotal: total,
      shardsLeft: left.length,
      bytesTotal: total * 60 * MIB,
      bytesLeft,
      bytesPerSecond: 31 * MIB,
      etaSeconds: Math.ceil(bytesLeft / (31 * MIB)),
    };
  }

  /** The new node with the fewest copies that has none of this shard. */
  private freest(copy: ShardCopy): string {
    const holds = (node: string) =>
      this.copies.some(
        (other) =>
          other.index === copy.index && other.shard === copy.shard && (other.node === node || other.movingTo === node),
      );
    const count = (node: string) => this.copies.filter((one) => one.node === node || one.movingTo === node).length;
    const candidates = ['new-1', 'new-2', 'new-3'].filter((node) => !holds(node));
    return candidates.sort((a, b) => count(a) - count(b))[0] ?? 'new-1';
  }

  private async observe(count: number): Promise<Sample[]> {
    const samples: Sample[] = [];
    while (samples.length < count * 10) {
      const t = Date.now();
      samples.push(this.sample(t));
      const places = packPlaces(t, { members: this.members, master: this.members[0] }, this.copies);
      Context.current().heartbeat({ samples, places });
      await Context.current().sleep(this.life.everyMs);
    }
    return samples;
  }

  private sample(t: number): Sample {
    const on = (side: string) => this.copies.filter((copy) => copy.node?.startsWith(side));
    const bytes = (side: string) => on(side).reduce((sum, copy) => sum + copy.bytes, 0);
    const wave = (phase: number) => Math.sin(t / 9000 + phase);
    const app = (phase: number) => ({
      requests: 420,
      failed: 0,
      p50Ms: 3.2 + wave(phase) * 0.4,
      p99Ms: 11 + wave(phase + 1) * 3,
    });
    return {
      t,
      health: 'green',
      oldShards: on('old').length,
      newShards: on('new').length,
      oldBytes: bytes('old'),
      newBytes: bytes('new'),
      initializing: 0,
      relocating: this.copies.filter((copy) => copy.state === 'RELOCATING').length,
      unassigned: 0,
      bridgeBytes: this.bridgeBytes,
      apps: { 'app-1': app(0), 'app-2': app(2) },
    };
  }
}
