import type { Check } from '../../../contract/evidence';
import { isNotSpread, type Awareness } from '../../../elasticsearch/settings/awareness';
import { keepsOut } from '../../../elasticsearch/settings/filters';
import type { IndexInfo } from '../../../elasticsearch/settings/settings';
import type { Plan } from '../../../plan/schema';
import { list } from '../../../text/format';
import { failed, refused } from '../check';
import { homesOf, wantedReplicas } from './indices';
import { dataNodes } from './needs';
import type { NodeKind, Sides } from './node-kinds';
import { areNested, boundsOf, findsPlace, placesOn } from './spread';

/**
 * Indices whose copies find places by each attribute alone and not by all of them at once. Where racks lie within zones that is
 * certain; where values lie across each other it depends on the order in which copies come, and a person may take that. Pure.
 */
export function togetherChecks(plan: Plan, all: Awareness[], indices: IndexInfo[], sides: Sides): Check[] {
  const [old, fresh] = [dataNodes(sides.old), dataNodes(sides.fresh)];
  const nodes = [...old, ...fresh];
  const names = all.map(({ attribute }) => attribute);
  const troubles = new Map<string, { indices: string[]; places: number; isCertain: boolean }>();
  for (const index of indices.filter((each) => !isNotSpread(each))) {
    const copies = 1 + wantedReplicas(plan, index);
    const bounds = boundsOf(all, copies, nodes);
    const isCertain = areNested(bounds, nodes);
    const homes = {
      new: homesOf(index, sides),
      old: old.filter(({ attributes }) => keepsOut(index.settings, attributes) === undefined),
    };
    const isShort = (side: 'old' | 'new') =>
      placesOn(bounds, homes[side]) < copies || !(isCertain || findsPlace(bounds, homes[side], copies - 1));
    const side = (['new', 'old'] as const).find(isShort);
    if (side === undefined) continue;
    const places = placesOn(bounds, homes[side]);
    const most = bounds.map(({ attribute, most: each }) => `${each} of the same ${attribute}`).join(' and ');
    const end = side === 'new' ? 'leave the old side' : 'be brought back';
    const has = `${copies} copies of each shard, of which ${most} may lie together while both sides are there`;
    const trouble = isCertain
      ? `${has}; the ${side} nodes that may hold them have places for ${places}: they could not ${end}`
      : `${has}, and values of ${list(names)} lie across each other: wherever the others lie, one copy may find no place on the ${side} nodes, and then not ${end}`;
    const known = troubles.get(trouble) ?? { indices: [], places, isCertain };
    known.indices.push(index.name);
    troubles.set(trouble, known);
  }
  return [...troubles].map(([trouble, { indices: found, places, isCertain }]) => {
    const lower = found.map((name) => `indices."${name}".replicas: ${places - 1}`);
    const as = `set ${list(names.map((name) => `node.attr.${name}`))} of each new host as on an old one (${list(pairs(all, old))})`;
    const seen = `${found.length === 1 ? 'it has' : 'they have'} ${trouble}`;
    return isCertain
      ? refused('awareness', list(found), seen, places > 0 ? `${as}; or set ${list(lower)} in the plan` : as)
      : failed('awareness', list(found), seen, `${as}; or waive this check, and see to such a copy when it is told`);
  });
}

/** The values that old nodes have together. */
function pairs(all: Awareness[], old: NodeKind[]): string[] {
  const of = old.map(({ attributes }) => all.map(({ attribute }) => attributes[attribute] ?? '-').join('/'));
  return [...new Set(of)].sort();
}
