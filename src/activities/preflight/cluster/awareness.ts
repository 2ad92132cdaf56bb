import type { Check } from '../../../contract/evidence';
import {
  awarenessIn,
  isNotSpread,
  mostPerValue,
  valuesOf,
  type Awareness,
} from '../../../elasticsearch/settings/awareness';
import { keepsOut } from '../../../elasticsearch/settings/filters';
import type { ClusterSettings, IndexInfo } from '../../../elasticsearch/settings/settings';
import { list } from '../../../text/format';
import type { Plan } from '../../../plan/schema';
import { judged, refused, warned } from '../check';
import { togetherChecks } from './awareness-together';
import { homesOf, wantedReplicas } from './indices';
import { dataNodes } from './needs';
import type { NodeKind, Sides } from './node-kinds';

/**
 * Whether copies that are spread over zones and the like find a place on each side while both are there. The values of old and
 * new nodes count together for as long as one of each is in the cluster, excluded or not (Elasticsearch's issue 52374), so that
 * fewer copies may lie on nodes of one value than before: what does not fit can neither be moved nor brought back. Pure.
 */
export function awarenessChecks(plan: Plan, settings: ClusterSettings, indices: IndexInfo[], sides: Sides): Check[] {
  const [old, fresh] = [dataNodes(sides.old), dataNodes(sides.fresh)];
  const all = awarenessIn(settings);
  const problems = all.flatMap((one) => {
    const without = fresh.filter(({ attributes }) => attributes[one.attribute] === undefined);
    return without.length > 0
      ? [lacking(one, without, old)]
      : [...crowded(plan, one, indices, sides), ...stale(one, fresh)];
  });
  const isCertain = problems.some(({ result }) => result === 'failed');
  if (all.length > 1 && !isCertain) problems.push(...togetherChecks(plan, all, indices, sides));
  const names = all.map(({ attribute }) => attribute).join(', ');
  const fine = all.length === 0 ? 'no allocation awareness' : `copies can be spread over ${names} on both sides`;
  return judged('awareness', problems, fine);
}

function lacking({ attribute }: Awareness, without: NodeKind[], old: NodeKind[]): Check {
  const key = `node.attr.${attribute}`;
  const seen = `shards only go to nodes with ${key}, and there is none on ${list(without.map(({ host }) => host))}`;
  const remedy = `set it in elasticsearch.yml of each of these hosts, ${advice(attribute, old)}`;
  return refused('awareness', attribute, seen, remedy);
}

/** A copy that stays in its zone is let in always. */
function advice(attribute: string, old: NodeKind[]): string {
  const values = valuesOf({ attribute, forced: [] }, old);
  return `best to the values of the old nodes (${list(values)}), each to about as many of them`;
}

/** Indices whose copies do not find a place on one of the sides, those with the same trouble together. */
function crowded(plan: Plan, one: Awareness, indices: IndexInfo[], sides: Sides): Check[] {
  const [old, fresh] = [dataNodes(sides.old), dataNodes(sides.fresh)];
  const values = valuesOf(one, [...old, ...fresh]);
  const troubles = new Map<string, { names: string[]; places: number }>();
  for (const index of indices.filter((each) => !isNotSpread(each))) {
    const copies = 1 + wantedReplicas(plan, index);
    const most = mostPerValue(copies, values.length);
    const homes = { new: homesOf(index, sides), old: old.filter((node) => mayLie(index, node)) };
    const side = (['new', 'old'] as const).find((each) => placesOn(one, homes[each], most) < copies);
    if (side === undefined) continue;
    const places = placesOn(one, homes[side], most);
    const has = `${copies} copies of each shard, of which ${most} may lie on nodes of the same ${one.attribute} while both sides are there (${list(values)} count)`;
    const where = `the ${side} nodes that may hold them (${list(valuesOf({ ...one, forced: [] }, homes[side]))}) have places for ${places}`;
    const trouble = `${has}; ${where}: ${side === 'new' ? 'they could not leave the old side' : 'there would be no way back'}`;
    const known = troubles.get(trouble) ?? { names: [], places };
    known.names.push(index.name);
    troubles.set(trouble, known);
  }
  return [...troubles].map(([trouble, { names, places }]) => {
    const lower = names.map((name) => `indices."${name}".replicas: ${places - 1}`);
    const fewer = places > 0 ? `; or set ${list(lower)} in the plan` : '';
    const remedy = `set node.attr.${one.attribute} in elasticsearch.yml of each new host, ${advice(one.attribute, old)}${fewer}`;
    return refused('awareness', list(names), `${names.length === 1 ? 'it has' : 'they have'} ${trouble}`, remedy);
  });
}

function mayLie(index: IndexInfo, { attributes }: NodeKind): boolean {
  return keepsOut(index.settings, attributes) === undefined;
}

/** Copies of one shard that find a place: as many as its value allows, and one on each node. */
function placesOn({ attribute }: Awareness, side: NodeKind[], most: number): number {
  const values = valuesOf({ attribute, forced: [] }, side);
  const nodes = (value: string) => side.filter(({ attributes }) => attributes[attribute] === value).length;
  return values.reduce((sum, value) => sum + Math.min(most, nodes(value)), 0);
}

/** Forced values of zones that are left behind hold places that nobody can take. */
function stale({ attribute, forced }: Awareness, fresh: NodeKind[]): Check[] {
  const now = valuesOf({ attribute, forced: [] }, fresh);
  const gone = forced.filter((value) => !now.includes(value));
  if (gone.length === 0) return [];
  const key = `cluster.routing.allocation.awareness.force.${attribute}.values`;
  const seen = `${key} has ${list(gone)}, and no new node will have it: copies that are lost there are not made anew elsewhere`;
  return [warned('awareness', attribute, seen, `set ${key} to ${now.join(',')} when the migration is over`)];
}
