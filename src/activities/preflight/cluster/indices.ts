import type { Check } from '../../../contract/evidence';
import { keepsOut } from '../../../elasticsearch/settings/filters';
import { placesFor } from '../../../elasticsearch/settings/roles';
import { TOTAL_SHARDS_PER_NODE } from '../../../elasticsearch/looks/picture';
import { leastReplicas, numberSetting, type IndexInfo } from '../../../elasticsearch/settings/settings';
import type { ShardCopy } from '../../../elasticsearch/shards/table';
import type { Plan } from '../../../plan/schema';
import { failed, judged, refused, warned } from '../check';
import type { NodeKind, Sides } from './node-kinds';

/** Replicas that an index will have on the new side. */
export function wantedReplicas(plan: Plan, index: IndexInfo): number {
  return plan.indices[index.name]?.replicas ?? numberSetting(index, 'index.number_of_replicas') ?? 0;
}

/** New nodes on which an index may lie. Pure. */
export function homesOf(index: IndexInfo, sides: Sides): NodeKind[] {
  const places = placesFor(index.settings, sides.fresh, sides.old);
  return places.filter(({ attributes }) => keepsOut(index.settings, attributes) === undefined);
}

/** Guards for each index; a problem names its index. Pure. */
export function indexChecks(plan: Plan, indices: IndexInfo[], table: ShardCopy[], sides: Sides): Check[] {
  const each = (look: (index: IndexInfo) => Check | undefined) => indices.flatMap((index) => look(index) ?? []);
  return [
    ...judged(
      'closed-indices',
      each((index) => closed(index, table)),
      'no index is closed',
    ),
    ...judged(
      'index-fits',
      each((index) => fits(plan, index, sides)),
      'every index fits on the new nodes',
    ),
    ...judged(
      'index-filters',
      each((index) => filtered(index, sides)),
      'no allocation filter keeps an index off the new nodes',
    ),
    ...judged(
      'auto-expand',
      each((index) => expands(plan, index, sides)),
      'no index grows replicas when nodes join',
    ),
    ...judged(
      'no-replica',
      each((index) => bare(plan, index, sides)),
      'every index has a replica',
    ),
    ...judged('index-blocks', each(blocked), 'no index is blocked'),
    ...judged('searchable-snapshots', each(mounted), 'no index is a mounted snapshot'),
    ...judged('planned-indices', plannedIndices(plan, indices), 'the plan changes no index, or only such that exist'),
  ];
}

function closed(index: IndexInfo, table: ShardCopy[]): Check | undefined {
  if (index.open) return undefined;
  const open = `open it (POST /${index.name}/_open), or delete it`;
  return table.some((copy) => copy.index === index.name)
    ? failed('closed-indices', index.name, 'the index is closed: nobody can see whether its data arrived well', open)
    : refused('closed-indices', index.name, 'the index was closed before 7.2: its shards do not move', open);
}

/** How many copies each shard of an index may have on so many nodes, with what else decides that. Pure. */
export function mostCopies(index: IndexInfo, nodes: number): { most: number; shards: number; limit: number } {
  const shards = numberSetting(index, 'index.number_of_shards') ?? 1;
  const limit = numberSetting(index, TOTAL_SHARDS_PER_NODE) ?? -1;
  return { most: limit > 0 ? Math.min(nodes, Math.floor((limit * nodes) / shards)) : nodes, shards, limit };
}

function fits(plan: Plan, index: IndexInfo, sides: Sides): Check | undefined {
  const nodes = homesOf(index, sides).length;
  // Why no node at all may hold it is told by the check that asks for roles, tiers or filters.
  if (nodes === 0) return undefined;
  const copies = 1 + wantedReplicas(plan, index);
  const { most, shards, limit } = mostCopies(index, nodes);
  // An index that expands by itself shrinks with the cluster, down to its lower bound.
  const least = leastReplicas(index);
  if ((least === undefined || plan.indices[index.name] ? copies : 1 + least) <= most) return undefined;
  const why =
    limit > 0 && most < nodes
      ? `${shards} shards with ${copies} copies each need ${shards * copies} places; ${nodes} new nodes that may hold it with total_shards_per_node ${limit} have ${limit * nodes}`
      : `each shard has ${copies} copies, and no node holds two of the same; there are ${nodes} new nodes that may hold it`;
  const lower =
    most >= 1
      ? `set indices."${index.name}".replicas: ${most - 1} in the plan, or add new hosts`
      : `raise ${TOTAL_SHARDS_PER_NODE} of the index, or add new hosts`;
  return refused('index-fits', index.name, `the index can't fit: ${why}`, lower);
}

function filtered(index: IndexInfo, sides: Sides): Check | undefined {
  const remedy =
    'let new nodes in: change the filter, or give hosts the attribute, each in its elasticsearch.yml, or all alike in elasticsearch.newNodeSettings';
  const enable = index.settings['index.routing.allocation.enable'];
  if (enable !== undefined && enable !== 'all') {
    const seen = `index.routing.allocation.enable is "${String(enable)}", so nothing is allocated after a failure`;
    return refused('index-filters', index.name, seen, 'set it to "all", or remove it');
  }
  const places = placesFor(index.settings, sides.fresh, sides.old);
  const kept = places.map((node) => ({ name: node.nodeName, filter: keepsOut(index.settings, node.attributes) }));
  const out = kept.filter((node) => node.filter !== undefined);
  const [first] = out;
  if (!first?.filter || out.length < places.length) return undefined;
  const seen = `${first.filter} keeps it off ${out.map((node) => node.name).join(', ')}`;
  return refused('index-filters', index.name, seen, remedy);
}

function expands(plan: Plan, index: IndexInfo, { old }: Sides): Check | undefined {
  const range = index.settings['index.auto_expand_replicas'];
  const match = typeof range === 'string' ? /^(\d+)-(\d+|all)$/.exec(range) : null;
  if (!match || plan.indices[index.name]) return undefined;
  const most = match[2] === 'all' ? Infinity : Number(match[2]);
  if (most <= placesFor(index.settings, old).length - 1) return undefined;
  return failed(
    'auto-expand',
    index.name,
    `auto_expand_replicas "${String(range)}" makes new copies as soon as a node joins: the cluster would be yellow meanwhile, and every copy crosses the bridge`,
    `set index.auto_expand_replicas of the index to "false" with a fixed number of replicas`,
  );
}

function bare(plan: Plan, index: IndexInfo, { old }: Sides): Check | undefined {
  if (wantedReplicas(plan, index) > 0 || !index.open) return undefined;
  if (numberSetting(index, 'index.number_of_replicas') !== 0) return undefined;
  const temporary = plan.replicate.noReplica === 'temporary-replica' && placesFor(index.settings, old).length > 1;
  return temporary
    ? warned(
        'no-replica',
        index.name,
        'there is only one copy; it gets a second one for the time of the move, and the cluster is yellow until that is made',
        'with replicate.noReplica: move the only copy moves with its node, and the cluster stays green',
      )
    : warned(
        'no-replica',
        index.name,
        'there is only one copy; it stays on the old side and moves as a whole when its node is drained',
        'give the index a replica before the migration if the old side must survive the loss of a node',
      );
}

function blocked(index: IndexInfo): Check | undefined {
  const on = ['index.blocks.read_only', 'index.blocks.read_only_allow_delete', 'index.blocks.metadata'].filter(
    (key) => index.settings[key] === 'true',
  );
  if (on.length === 0) return undefined;
  return failed(
    'index-blocks',
    index.name,
    `${on.join(', ')} is set: its settings can't be changed, and an app's writes fail`,
    'find out who set it (a full disk does), and set it to null',
  );
}

function mounted(index: IndexInfo): Check | undefined {
  if (index.settings['index.store.type'] !== 'snapshot') return undefined;
  return failed(
    'searchable-snapshots',
    index.name,
    'the index is a mounted snapshot: the new nodes must reach its repository',
    'make sure of that, or unmount it; then waive this check',
  );
}

function plannedIndices(plan: Plan, indices: IndexInfo[]): Check[] {
  return Object.entries(plan.indices).flatMap(([name, { replicas }]) => {
    const index = indices.find((one) => one.name === name);
    const where = `indices."${name}"`;
    if (!index) {
      return [
        refused('planned-indices', name, `the plan has ${where}, but there is no such index`, 'correct its name'),
      ];
    }
    const now = numberSetting(index, 'index.number_of_replicas') ?? 0;
    if (replicas <= now) return [];
    const seen = `${where}.replicas is ${replicas}, and the index has ${now}: the cluster is yellow until the copies are made`;
    return [warned('planned-indices', name, seen, 'raise the number of replicas before or after the migration')];
  });
}
