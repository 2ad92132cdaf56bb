import { groupShards } from '../../../src/elasticsearch/shards/table';
import type { ModelRequest } from '../../../src/dry-run/cluster/answers';
import type { ClusterState } from '../../../src/dry-run/cluster/state';

/** A document as one copy has it. */
export interface Held {
  version: number;
  seqNo: number;
  text: string;
}

/** What one copy of a shard holds, and how far it says that it is. */
export interface HeldCopy {
  documents: Map<string, Held>;
  /** Documents that no sample finds. */
  unseen: number;
  maxSeqNo: number;
  localCheckpoint: number;
}

const DOCUMENTS = 4;

/** What the copies hold: the dry run's model knows their bytes only. Each begins with the same documents. */
export class Documents {
  /** Copies that did not answer, of each question about all of them. */
  failed = 0;
  private readonly held = new Map<string, HeldCopy>();

  constructor(private readonly state: ClusterState) {}

  /** What the copy on this node holds; a test may change it. */
  copy(index: string, shard: number, node: string): HeldCopy {
    const key = `${index}/${shard}/${node}`;
    const known = this.held.get(key);
    if (known) return known;
    const documents = Array.from({ length: DOCUMENTS }, (_, i): [string, Held] => [
      `${index}-${shard}-${i}`,
      { version: 1, seqNo: i, text: `document ${i}` },
    ]);
    const last = DOCUMENTS - 1;
    const copy = { documents: new Map(documents), unseen: 0, maxSeqNo: last, localCheckpoint: last };
    this.held.set(key, copy);
    return copy;
  }

  /** The answer to a question about documents; undefined for every other question. */
  answer({ path, query, body }: ModelRequest): unknown {
    if (path === '/_stats/docs,store') return this.volume();
    const [, names = '', what = ''] = /^\/([^/]+)\/(_stats\/docs|_count|_search|_mget|_refresh)$/.exec(path) ?? [];
    const indices = decodeURIComponent(names).split(',');
    const preference = /^(?:_shards:(\d+)\|)?_only_nodes:(.+)$/.exec(query.get('preference') ?? '');
    const [shard, node] = [Number(preference?.[1] ?? 0), this.nameOf(preference?.[2] ?? '')];
    const { documents, unseen } = this.copy(indices[0] ?? '', shard, node);
    if (what === '_stats/docs') return { _shards: { failed: this.failed }, indices: this.stats(indices) };
    if (what === '_count') {
      return { count: documents.size + unseen, _shards: { failed: this.failed, successful: 1 } };
    }
    if (what === '_search') {
      return { _shards: { failed: this.failed }, hits: { hits: [...documents.keys()].map((id) => ({ _id: id })) } };
    }
    if (what === '_mget') {
      const asked = (body as { docs: { _id: string }[] }).docs.map(({ _id }) => _id);
      return { docs: asked.map((id) => this.got(indices[0] ?? '', node, id)) };
    }
    return what === '_refresh' ? {} : undefined;
  }

  /** `_mget` names no shard: a document says by its id which one it belongs to. */
  private got(index: string, node: string, id: string) {
    const held = this.copy(index, Number(id.split('-').at(-2)), node).documents.get(id);
    if (!held) return { _id: id, found: false };
    const { version, seqNo, text } = held;
    return { _id: id, found: true, _version: version, _seq_no: seqNo, _primary_term: 1, _source: { text } };
  }

  private stats(indices: string[]) {
    const groups = groupShards(this.state.table).filter(({ index }) => indices.includes(index));
    const of = (name: string) => {
      const shards = groups
        .filter(({ index }) => index === name)
        .map(({ shard, copies }) => [String(shard), copies.map((one) => this.figures(name, shard, one))]);
      return { shards: Object.fromEntries(shards) as object };
    };
    return Object.fromEntries([...new Set(groups.map(({ index }) => index))].map((name) => [name, of(name)]));
  }

  private figures(index: string, shard: number, copy: ClusterState['table'][number]) {
    const { documents, unseen, maxSeqNo, localCheckpoint } = this.copy(index, shard, copy.node ?? '');
    const node = this.state.nodes.find(({ name }) => name === copy.node)?.id ?? null;
    return {
      routing: { state: copy.state, primary: copy.primary, node },
      docs: { count: documents.size + unseen },
      seq_no: { max_seq_no: maxSeqNo, local_checkpoint: localCheckpoint, global_checkpoint: localCheckpoint },
    };
  }

  private volume() {
    const primaries = this.state.table.filter((copy) => copy.primary);
    const count = primaries.reduce((sum, { index, shard, node }) => {
      return sum + this.copy(index, shard, node ?? '').documents.size;
    }, 0);
    const all = { docs: { count }, store: { size_in_bytes: primaries.reduce((sum, copy) => sum + copy.bytes, 0) } };
    return {
      _shards: { failed: this.failed },
      _all: { primaries: all, total: all },
      indices: Object.fromEntries(this.state.indices.map(({ name }) => [name, { primaries: all }])),
    };
  }

  private nameOf(id: string): string {
    return this.state.nodes.find((node) => node.id === id)?.name ?? id;
  }
}
