import type { DryRunMove, DryRunSetting } from '../../contract/dry-run';
import { exclusionsIn } from '../../elasticsearch/settings/exclusions';
import type { ClusterNode } from '../../elasticsearch/looks/nodes';
import type { NodeAttributes } from '../../elasticsearch/settings/filters';
import { holdsShards } from '../../elasticsearch/settings/roles';
import { awarenessIn } from '../../elasticsearch/settings/awareness';
import { numberSetting, type SettingLevel, type SettingValue } from '../../elasticsearch/settings/settings';
import { Deciders } from '../../elasticsearch/shards/deciders';
import type { ShardCopy } from '../../elasticsearch/shards/table';
import type { ClusterState } from './state';

/** A change that the cluster would refuse. */
export class Refused extends Error {
  /** @param status of its answer */
  constructor(
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** What the model tells of a move, as far as it knows it. */
export type ModelMove = Pick<DryRunMove, 'index' | 'shard' | 'primary' | 'from' | 'to' | 'bytes'> & {
  /** Node whose bytes are sent: a copy is built from its primary. */
  source: string;
};

/** A setting that changes. */
export type ModelSetting = Pick<DryRunSetting, 'on' | 'key' | 'from' | 'to'>;

/** A node as it would join. */
export interface JoiningNode extends ClusterNode {
  /** What filters and awareness see of it. */
  attributes?: NodeAttributes;
  diskBytes: number;
  freeBytes: number;
}

const REPLICAS = 'index.number_of_replicas';
const NOT_ON = 'index.routing.allocation.exclude._name';

/** A cluster that takes every change at once: a shard that is to move is there. Nothing of it reaches a real cluster. */
export class ClusterModel {
  /** Called for each copy that moves or is made. */
  onMove: (move: ModelMove) => void = () => undefined;
  /** Called for each setting that changes. */
  onSetting: (setting: ModelSetting) => void = () => undefined;

  /** @param state is changed by the model */
  constructor(readonly state: ClusterState) {}

  /** A node joins; it holds nothing yet. */
  join({ attributes = {}, diskBytes, freeBytes, ...node }: JoiningNode): void {
    const { state } = this;
    if (state.nodes.some((one) => one.name === node.name)) return;
    state.nodes.push(node);
    state.attributes[node.name] = attributes;
    if (holdsShards(node.roles)) {
      state.disks.push({ node: node.name, shards: 0, indexBytes: 0, freeBytes, totalBytes: diskBytes });
    }
  }

  /** A node leaves. */
  leave(name: string): void {
    const { state } = this;
    state.nodes = state.nodes.filter((node) => node.name !== name);
    state.disks = state.disks.filter((disk) => disk.node !== name);
    state.table = state.table.map((copy) =>
      copy.node === name ? { ...copy, node: undefined, state: 'UNASSIGNED' } : copy,
    );
    this.elect();
  }

  /** @throws Refused when there is no such copy, or its group has one on the target already */
  move(index: string, shard: number, from: string, to: string): void {
    const group = this.state.table.filter((copy) => copy.index === index && copy.shard === shard);
    const copy = group.find((one) => one.node === from);
    if (!copy) throw new Refused(`there is no copy of ${index}/${shard} on ${from}`);
    if (!this.state.disks.some((disk) => disk.node === to)) throw new Refused(`there is no data node ${to}`);
    if (group.some((one) => one.node === to)) throw new Refused(`${to} has a copy of ${index}/${shard} already`);
    if (!this.mayLie(copy)(to)) throw new Refused(`tiers, filters or zones keep ${index}/${shard} off ${to}`);
    this.place(copy, to);
  }

  /** Null removes a setting. */
  set(level: SettingLevel, changes: Record<string, SettingValue>): void {
    const { settings } = this.state;
    for (const [key, value] of Object.entries(changes)) {
      const from = settings[level][key] ?? null;
      if (value === null) delete settings[level][key];
      else settings[level][key] = value;
      this.onSetting({ on: 'cluster', key, from: text(from), to: text(value) });
    }
    this.emptyExcluded();
  }

  /** @throws Refused when there is no such index */
  setOnIndex(name: string, changes: Record<string, SettingValue>): void {
    const index = this.state.indices.find((one) => one.name === name);
    if (!index) throw new Refused(`no such index [${name}]`, 404);
    for (const [key, value] of Object.entries(changes)) {
      const full = key.startsWith('index.') ? key : `index.${key}`;
      const from = index.settings[full] ?? null;
      if (value === null) delete index.settings[full];
      else index.settings[full] = value;
      if (text(from) !== text(value)) this.onSetting({ on: name, key: full, from: text(from), to: text(value) });
    }
    this.fitReplicas(name, numberSetting(index, REPLICAS) ?? 0, text(index.settings[NOT_ON] ?? null) ?? '');
  }

  /** Keeps nodes from voting, besides those that are. Elasticsearch passes over one that is there and can't vote anyway. */
  keepFromVoting(names: string[]): void {
    const { nodes, voteless } = this.state;
    const listed = names.filter((name) => nodes.every((node) => node.name !== name || node.roles.includes('master')));
    this.state.voteless = [...new Set([...voteless, ...listed])];
    this.elect();
  }

  /** Lets every node vote. */
  clearVoteless(): void {
    this.state.voteless = [];
    this.elect();
  }

  /** The cluster chooses its voters itself; the elected master stays for as long as it may vote. */
  private elect(): void {
    const { state } = this;
    const may = state.nodes.filter((node) => node.roles.includes('master') && !state.voteless.includes(node.name));
    if (may.length === 0) return;
    state.voters = may.map((node) => node.name).sort();
    if (!state.voters.includes(state.master)) state.master = state.voters[0] ?? state.master;
  }

  protected place(copy: ShardCopy, to: string): void {
    const { index, shard, primary, node: from, bytes } = copy;
    const source = this.state.table.find((one) => one.index === index && one.shard === shard && one.primary)?.node;
    copy.node = to;
    copy.state = 'STARTED';
    for (const disk of this.state.disks) {
      const sign = disk.node === to ? 1 : disk.node === from ? -1 : 0;
      disk.shards += sign;
      disk.indexBytes += sign * bytes;
      disk.freeBytes -= sign * bytes;
    }
    this.onMove({ index, shard, primary, from: from ?? '', to, bytes, source: source ?? from ?? to });
  }

  /** What can't be moved by name the cluster moves by itself, where there is a place for it. */
  protected emptyExcluded(): void {
    const excluded = exclusionsIn(this.state.settings);
    for (const copy of this.state.table.filter((one) => one.node !== undefined && excluded.includes(one.node))) {
      const target = this.roomFor(copy, excluded);
      if (target !== undefined) this.place(copy, target);
    }
  }

  protected roomFor(copy: ShardCopy, notOn: string[]): string | undefined {
    const group = this.state.table.filter((one) => one.index === copy.index && one.shard === copy.shard);
    const mayLie = this.mayLie(copy);
    const [best] = this.state.disks
      .filter((disk) => !notOn.includes(disk.node) && !group.some((one) => one.node === disk.node))
      .filter((disk) => disk.freeBytes > copy.bytes && mayLie(disk.node))
      .sort((a, b) => a.shards - b.shards || a.node.localeCompare(b.node));
    return best?.node;
  }

  /** Whether tiers, filters and the zones of the other copies let this one be on a node. */
  private mayLie(copy: ShardCopy): (node: string) => boolean {
    const { settings, disks, nodes, attributes, indices, table } = this.state;
    const data = nodes.filter(({ name }) => disks.some(({ node }) => node === name));
    const decided = data.map(({ name, roles }) => ({ name, roles, attributes: attributes[name] ?? {} }));
    const own = indices.filter(({ name }) => name === copy.index);
    const deciders = new Deciders(awarenessIn(settings), decided, own);
    const group = table.filter((one) => one.index === copy.index && one.shard === copy.shard);
    const others = group.flatMap((one) => (one === copy || one.node === undefined ? [] : [one.node]));
    return (node) => deciders.allow(copy.index, group.length, others, node);
  }

  private fitReplicas(index: string, wanted: number, filtered: string): void {
    const shards = new Set(this.state.table.filter((copy) => copy.index === index).map((copy) => copy.shard));
    for (const shard of shards) {
      const group = this.state.table.filter((copy) => copy.index === index && copy.shard === shard);
      const primary = group.find((copy) => copy.primary);
      if (!primary) continue;
      for (let count = group.length - 1; count < wanted; count += 1) {
        const copy: ShardCopy = { index, shard, primary: false, state: 'UNASSIGNED', bytes: primary.bytes };
        this.state.table.push(copy);
        const target = this.roomFor(copy, [...exclusionsIn(this.state.settings), ...filtered.split(',')]);
        if (target !== undefined) this.place(copy, target);
      }
      const surplus = group.filter((copy) => !copy.primary).slice(wanted);
      for (const copy of surplus) this.drop(copy);
    }
  }

  private drop(copy: ShardCopy): void {
    this.state.table = this.state.table.filter((one) => one !== copy);
    const disk = this.state.disks.find((one) => one.node === copy.node);
    if (!disk) return;
    disk.shards -= 1;
    disk.indexBytes -= copy.bytes;
    disk.freeBytes += copy.bytes;
  }
}

function text(value: SettingValue): string | null {
  return Array.isArray(value) ? value.join(',') : value;
}
