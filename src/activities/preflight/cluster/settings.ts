import type { Check } from '../../../contract/evidence';
import { exclusionsIn } from '../../../elasticsearch/settings/exclusions';
import { keepsOut, type NodeAttributes } from '../../../elasticsearch/settings/filters';
import { CLUSTER_SHARDS_PER_NODE } from '../../../elasticsearch/looks/picture';
import { effective, type ClusterSettings } from '../../../elasticsearch/settings/settings';
import type { Plan } from '../../../plan/schema';
import { failed, judged, passed, refused, warned } from '../check';

/** Guards on the cluster's own settings. Pure. @param copies shard copies that the new nodes have to take */
export function settingsChecks(
  plan: Plan,
  settings: ClusterSettings,
  fresh: NodeAttributes[],
  copies: number,
): Check[] {
  return [
    allocation(settings),
    ...judged('cluster-filters', filters(settings, fresh), 'no cluster-wide filter keeps the new nodes out'),
    awareness(settings, fresh),
    readOnly(settings),
    ...judged(
      'shards-per-node',
      shardsPerNode(plan, settings, copies),
      `the new nodes may hold ${copies} shard copies`,
    ),
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

function filters(settings: ClusterSettings, fresh: NodeAttributes[]): Check[] {
  const inForce = { ...settings.persistent, ...settings.transient };
  const out = fresh.flatMap((node) => {
    const filter = keepsOut(inForce, node);
    return filter === undefined ? [] : [{ name: node['_name'] ?? '', filter }];
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

function awareness(settings: ClusterSettings, fresh: NodeAttributes[]): Check {
  const raw = effective(settings, 'cluster.routing.allocation.awareness.attributes') ?? [];
  const attributes = (Array.isArray(raw) ? raw : raw.split(',')).map((one) => one.trim()).filter((one) => one !== '');
  if (attributes.length === 0) return passed('awareness', 'no allocation awareness');
  const missing = attributes.filter((attribute) => fresh.some((node) => node[attribute] === undefined));
  const remedy = `set ${missing.map((one) => `node.attr.${one}`).join(', ')} in elasticsearch.newNodeSettings`;
  return missing.length > 0
    ? refused('awareness', '', `shards only go to nodes with ${missing.join(', ')}, which the new ones lack`, remedy)
    : warned(
        'awareness',
        '',
        `copies are spread over ${attributes.join(', ')}; all new nodes have the same values`,
        'after the migration, look whether the copies are spread as you want',
      );
}

function readOnly(settings: ClusterSettings): Check {
  const on = ['cluster.blocks.read_only', 'cluster.blocks.read_only_allow_delete'].filter(
    (key) => effective(settings, key) === 'true',
  );
  return on.length === 0
    ? passed('cluster-blocks', 'the cluster is not blocked')
    : refused('cluster-blocks', '', `${on.join(', ')} is set: nothing can be changed`, 'set it to null');
}

function shardsPerNode(plan: Plan, settings: ClusterSettings, copies: number): Check[] {
  const nodes = plan.hosts.new.length;
  const hard = Number(effective(settings, CLUSTER_SHARDS_PER_NODE) ?? -1);
  const soft = Number(effective(settings, 'cluster.max_shards_per_node') ?? 1000);
  const seen = (limit: number) => `${copies} shard copies on ${nodes} new nodes, of which each may have ${limit}`;
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
