import { ClusterModel } from '../../../src/dry-run/cluster/model';
import type { ClusterState } from '../../../src/dry-run/cluster/state';
import { EXCLUDE_BY_NAME, exclusionsIn } from '../../../src/elasticsearch/settings/exclusions';
import { groupShards, type ShardCopy } from '../../../src/elasticsearch/shards/table';
import type { Plan } from '../../../src/plan/schema';
import { Dice } from '../random';

const DISK = 1e12;
const SHARD = 1e9;

/** The dry run's model of a cluster, as time goes by: what it moves takes a while, and a copy that is lost is made again. */
export class LiveCluster extends ClusterModel {
  /** Excluded nodes are emptied little by little; see {@link moveSome}. */
  protected override emptyExcluded(): void {}

  /** A node leaves; where another copy is, it becomes the primary. */
  override leave(name: string): void {
    super.leave(name);
    for (const { copies } of groupShards(this.state.table)) {
      const started = copies.find((copy) => copy.state === 'STARTED');
      if (!started || copies.some((copy) => copy.primary && copy.state === 'STARTED')) continue;
      for (const copy of copies) copy.primary = copy === started;
    }
  }

  /** Nodes that shards are kept off. */
  excluded(): string[] {
    return exclusionsIn(this.state.settings);
  }

  /** Keeps shards off these nodes only. */
  exclude(names: string[]): void {
    this.set('transient', { [EXCLUDE_BY_NAME]: names.length > 0 ? names.join(',') : null });
  }

  /** Copies on a node. */
  on(node: string): ShardCopy[] {
    return this.state.table.filter((copy) => copy.node === node);
  }

  /** Time goes by: up to so many copies leave excluded nodes, or are made anew. */
  moveSome(count: number): void {
    const excluded = this.excluded();
    const waiting = this.state.table.filter((copy) => copy.node === undefined || excluded.includes(copy.node));
    let left = count;
    for (const copy of waiting) {
      if (left === 0) return;
      const target = this.roomFor(copy, excluded);
      const { copies } =
        groupShards(this.state.table).find((one) => one.index === copy.index && one.shard === copy.shard) ?? {};
      if (target === undefined || !copies?.some((one) => one.state === 'STARTED')) continue;
      this.place(copy, target);
      left -= 1;
    }
  }

  /** Shards of which no started copy is on one of these nodes, although they have more than one copy. */
  withoutCopyOn(nodes: string[]): { index: string; shard: number; copies: ShardCopy[] }[] {
    return groupShards(this.state.table).filter(
      ({ copies }) =>
        copies.length > 1 && !copies.some(({ node, state }) => state === 'STARTED' && nodes.includes(node ?? '')),
    );
  }

  /** Moves the primaries of up to so many shards to these nodes, where they have no copy yet. */
  bringTo(nodes: string[], count: number): void {
    for (const { index, shard, copies } of this.withoutCopyOn(nodes).slice(0, count)) {
      const primary = copies.find((copy) => copy.primary) ?? copies[0];
      const target =
        primary &&
        this.roomFor(
          primary,
          this.state.nodes.map(({ name }) => name).filter((name) => !nodes.includes(name)),
        );
      if (primary?.node !== undefined && target !== undefined) this.move(index, shard, primary.node, target);
    }
  }

  /** Whether another node could take this copy, were its node excluded. */
  hasRoomFor(copy: ShardCopy, node: string): boolean {
    return this.roomFor(copy, [...this.excluded(), node]) !== undefined;
  }

  /** Every copy is where it should be. */
  green(): boolean {
    return this.state.table.every((copy) => copy.state === 'STARTED');
  }

  /** Shards of which no copy is left. */
  lost(): string[] {
    const gone = groupShards(this.state.table).filter(({ copies }) => !copies.some((copy) => copy.state === 'STARTED'));
    return gone.map(({ index, shard }) => `${index}/${shard}`);
  }

  /** An app makes an index; its copies are put where there is room. */
  addIndex(name: string, shards: number, replicas: number): void {
    this.state.indices.push({ name, open: true, settings: { 'index.number_of_replicas': String(replicas) } });
    for (let shard = 0; shard < shards; shard += 1) {
      for (let copy = 0; copy <= replicas; copy += 1) {
        const one: ShardCopy = { index: name, shard, primary: copy === 0, state: 'UNASSIGNED', bytes: SHARD };
        const target = this.roomFor(one, this.excluded());
        this.state.table.push(one);
        if (target !== undefined) this.place(one, target);
      }
    }
  }
}

/** A node as the model takes it. */
export function nodeOf(name: string) {
  const roles = ['master', 'data', 'ingest'];
  return {
    ...{ id: `id-${name}`, name, version: '7.17.28', roles, transport: `${name}:9300`, http: `${name}:9200` },
    ...{ diskBytes: DISK, freeBytes: DISK },
  };
}

/** The cluster before a migration: old nodes, with a few indices on them. */
export function clusterOf(plan: Plan, seed: number): LiveCluster {
  const dice = new Dice(seed, 'cluster');
  const old = plan.hosts.old.map((host) => host.name);
  const state: ClusterState = {
    clusterName: plan.elasticsearch.clusterName,
    clusterUuid: 'uuid',
    master: dice.oneOf(old),
    voters: [...old].sort(),
    ...{ voteless: [], attributes: {}, nodes: [], disks: [], indices: [], table: [] },
    settings: { persistent: {}, transient: {}, defaults: {} },
  };
  const cluster = new LiveCluster(state);
  for (const name of old) cluster.join(nodeOf(name));
  const nodes = Math.min(old.length, plan.hosts.new.length);
  for (let i = dice.whole(1, 3); i > 0; i -= 1) {
    cluster.addIndex(`orders-${i}`, dice.whole(1, 3), dice.is(0.8) ? Math.min(1, nodes - 1) : 0);
  }
  return cluster;
}
