import type { Check } from '../../../contract/evidence';
import { exclusionsIn } from '../../../elasticsearch/settings/exclusions';
import { keepsOut } from '../../../elasticsearch/settings/filters';
import { CLUSTER_SHARDS_PER_NODE } from '../../../elasticsearch/looks/picture';
import { effective, type ClusterSettings } from '../../../elasticsearch/settings/settings';
import { failed, judged, passed, refused, warned } from '../check';
import type { NodeKind } from './node-kinds';

/**
 * Guards on the cluster's own settings. Pure.
 * @param fresh new nodes that will hold data
 * @param copies shard copies that they have to take
 */
export function settingsChecks(settings: ClusterSettings, fresh: NodeKind[], copies: number): Check[] {
  return [
    allocation(settings),
    ...judged('cluster-filters', filters(settings, fresh), 'no cluster-wide filter keeps the new nodes out'),
    readOnly(settings),
    ...judged(
      'shards-per-node',
      shardsPerNode(settings, fresh.length, copies),
      `the new nodes may hold ${copies} shard copies`,
    ),
    archived(settings),
    transient(settings),
  ];
}

function allocation(settings: ClusterSettings): Check {
  const key = 'cluster.routing.allocation.enable';
  const value = String(effective(settings, key) ?? 'all');
  return value === 'all'
    ? passed('allocation', 'shards may be allocated')
    : refused('allocation', '', `${key} is "${value}": shards could not leave the old nodes`, `set ${key} to "all"`);
}

function filters(settings: ClusterSettings, fresh: NodeKind[]): Check[] {
  const inForce = { ...settings.persistent, ...settings.transient };
  const out = fresh.flatMap(({ nodeName, attributes }) => {
    const filter = keepsOut(inForce, attributes);
    return filter === undefined ? [] : [{ name: nodeName, filter }];
  });
  if (out.length > 0) {
    const remedy = 'change the filter so that the new nodes may hold shards';
    return out.map(({ name, filter }) => refused('cluster-filters', name, `${filter} keeps shards off it`, remedy));
  }
  const there = exclusionsIn(settings);
  if (there.length === 0) return [];
  return [
    warned(
      'cluster-filters',
      '',
      `excluded already: ${there.join(', ')}`,
      'nothing; these exclusions stay as they are, during the migration and after it',
    ),
  ];
}

function readOnly(settings: ClusterSettings): Check {
  const on = ['cluster.blocks.read_only', 'cluster.blocks.read_only_allow_delete'].filter(
    (key) => effective(settings, key) === 'true',
  );
  return on.length === 0
    ? passed('cluster-blocks', 'the cluster is not blocked')
    : refused('cluster-blocks', '', `${on.join(', ')} is set: nothing can be changed`, 'set it to null');
}

function shardsPerNode(settings: ClusterSettings, nodes: number, copies: number): Check[] {
  const hard = Number(effective(settings, CLUSTER_SHARDS_PER_NODE) ?? -1);
  const soft = Number(effective(settings, 'cluster.max_shards_per_node') ?? 1000);
  const seen = (limit: number) =>
    `${copies} shard copies on ${nodes} new nodes that hold data, of which each may have ${limit}`;
  if (hard > 0 && copies > hard * nodes) {
    return [refused('shards-per-node', '', seen(hard), `raise ${CLUSTER_SHARDS_PER_NODE}, or add new hosts`)];
  }
  if (copies > soft * nodes) {
    const remedy =
      'raise cluster.max_shards_per_node, add new hosts, or delete indices; else no index can be made later';
    return [failed('shards-per-node', '', seen(soft), remedy)];
  }
  return [];
}

function transient(settings: ClusterSettings): Check {
  const keys = Object.keys(settings.transient);
  return keys.length === 0
    ? passed('transient-settings', 'no transient settings')
    : warned(
        'transient-settings',
        '',
        `transient settings are lost at a full restart, and win over persistent ones: ${keys.join(', ')}`,
        'make them persistent, or remove them',
      );
}

/** Elasticsearch takes no change of the cluster's settings at all while it keeps one that it does not know (its issue 61175). */
function archived({ persistent, transient }: ClusterSettings): Check {
  const levels = Object.entries({ persistent, transient }).filter(([, keys]) => Object.keys(keys).some(isArchived));
  if (levels.length === 0) return passed('archived-settings', 'no archived settings');
  const keys = levels.flatMap(([, all]) => Object.keys(all).filter(isArchived));
  const seen = `${keys.join(', ')}: settings of an older version, beside which the cluster refuses every change of its settings`;
  const body = JSON.stringify(Object.fromEntries(levels.map(([level]) => [level, { 'archived.*': null }])));
  return refused('archived-settings', '', seen, `remove them: PUT /_cluster/settings with the body ${body}`);
}

function isArchived(key: string): boolean {
  return key.startsWith('archived.');
}
