import type { ModelRequest } from '../../../src/dry-run/cluster/answers';
import type { ClusterState } from '../../../src/dry-run/cluster/state';

/** What only preflight asks a cluster; a test may change it. */
export class Beforehand {
  /** Settings of a node's own file, by its name. */
  readonly told: Record<string, Record<string, string>> = {};
  /** As the API shows each, by name. */
  readonly components: Record<string, object> = {};
  readonly templates: Record<string, object> = {};
  readonly legacyTemplates: Record<string, object> = {};
  readonly policies: Record<string, object> = {};
  readonly repositories: Record<string, object> = {};
  readonly remotes: Record<string, object> = {};
  /** As `_ccr/stats` lists them. */
  readonly followers: object[] = [];
  /** Snapshots that are being taken, as `_snapshot/_status` tells them. */
  readonly snapshots: object[] = [];
  /** Indices that are being shrunk, each with its step; none of them is seen that is hidden, unless it is asked for. */
  readonly shrinking: Record<string, { step: string; hidden?: boolean }> = {};
  /** As a query for watches finds them. */
  readonly watches: object[] = [];

  constructor(private readonly state: ClusterState) {}

  /** The answer to a question of preflight's alone; undefined for every other question. */
  answer({ method, path, query }: ModelRequest): unknown {
    const answer = method === 'GET' ? this.whole(path, query) : undefined;
    const only = query.get('filter_path')?.split(',');
    return only && answer !== undefined ? (filtered(answer, only) ?? {}) : answer;
  }

  private whole(path: string, query: URLSearchParams): unknown {
    switch (path) {
      case '/_nodes/settings':
        return this.settings();
      case '/_nodes/plugins':
        return this.plugins();
      case '/_snapshot':
        return this.repositories;
      case '/_snapshot/_status':
        return { snapshots: this.snapshots };
      case '/*/_ilm/explain':
        return { indices: this.explained(query.get('expand_wildcards') === 'all') };
      case '/_component_template':
        return { component_templates: named(this.components, 'component_template') };
      case '/_index_template':
        return { index_templates: named(this.templates, 'index_template') };
      case '/_template':
        return this.legacyTemplates;
      case '/_remote/info':
        return this.remotes;
      case '/_ccr/stats':
        return { auto_follow_stats: {}, follow_stats: { indices: this.followers } };
      case '/_watcher/_query/watches':
        return { count: this.watches.length, watches: this.watches };
      case '/_ilm/policy':
        return this.policies;
    }
    return undefined;
  }

  private explained(hiddenToo: boolean) {
    const seen = Object.entries(this.shrinking).filter(([, { hidden }]) => hiddenToo || !hidden);
    return Object.fromEntries(seen.map(([index, { step }]) => [index, { managed: true, action: 'shrink', step }]));
  }

  private plugins() {
    const { nodes } = this.state;
    return {
      _nodes: { total: nodes.length, failed: 0 },
      nodes: Object.fromEntries(nodes.map(({ id, name }) => [id, { name, plugins: [] }])),
    };
  }

  private settings() {
    const { nodes } = this.state;
    return {
      _nodes: { total: nodes.length, failed: 0 },
      nodes: Object.fromEntries(nodes.map(({ id, name }) => [id, { name, settings: this.told[name] ?? {} }])),
    };
  }
}

function named(all: Record<string, object>, kind: string): object[] {
  return Object.entries(all).map(([name, one]) => ({ name, [kind]: one }));
}

/** What `filter_path` leaves of an answer: whatever is empty then goes too, and lists are walked through. */
function filtered(value: unknown, paths: string[]): unknown {
  if (Array.isArray(value)) {
    const left = value.map((one) => filtered(one, paths)).filter((one) => one !== undefined);
    return left.length > 0 ? left : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const left = Object.entries(value).flatMap(([key, one]) => {
    const here = paths.filter((path) => ['*', key].includes(path.split('.')[0] ?? ''));
    if (here.some((path) => !path.includes('.'))) return [[key, one]];
    const kept = filtered(
      one,
      here.map((path) => path.slice(path.indexOf('.') + 1)),
    );
    return kept === undefined ? [] : [[key, kept]];
  });
  return left.length > 0 ? (Object.fromEntries(left) as object) : undefined;
}
