import { busy } from './busy';
import { plain } from './plain';
import { plugins } from './plugins';
import { roles } from './roles';
import { secured } from './secured';
import type { NodeSettings, Shape, Side } from './shape';
import { tiers } from './tiers';
import { zones } from './zones';

export type { LifeName, NodeSettings, Shape, Side } from './shape';

/** Every kind of cluster that the lab can make. */
export const SHAPES: Shape[] = [plain, busy, plugins, roles, secured, tiers, zones];

/** What `--shape` says of itself in every command. */
export const SHAPE_HELP = `kind of cluster, several with commas between: ${SHAPES.map(({ name }) => name).join(', ')}`;

/**
 * One shape out of several.
 * @param names names with commas between, such as `roles,zones`
 * @throws Error that lists the names there are
 */
export function shapeOf(names: string): Shape {
  const chosen = names.split(',').map((name) => {
    const found = SHAPES.find((shape) => shape.name === name.trim());
    if (!found) {
      throw new Error(
        `--shape is "${names}"; use one of these, or several with commas between: ${SHAPES.map(({ name: one }) => one).join(', ')}`,
      );
    }
    return found;
  });
  const sizes = chosen.flatMap(({ nodes }) => nodes ?? []);
  return {
    name: names,
    life: chosen.flatMap(({ life }) => life ?? []),
    ...(chosen.some(({ plugged }) => plugged) && { plugged: true as const }),
    ...(sizes.length > 0 && { nodes: { old: largest(sizes, 'old'), new: largest(sizes, 'new') } }),
    settings: (side, place, count) =>
      Object.assign({}, ...chosen.map((shape) => shape.settings(side, place, count))) as NodeSettings,
    clusterSettings: Object.assign({}, ...chosen.map((shape) => shape.clusterSettings)) as Record<string, string>,
    indexSettings: Object.assign({}, ...chosen.map((shape) => shape.indexSettings)) as Shape['indexSettings'],
  };
}

function largest(sizes: Record<Side, number>[], side: Side): number {
  return Math.max(...sizes.map((size) => size[side]));
}

/** Whether a node with these settings speaks https, to users with passwords alone. */
export function isSecured(settings: NodeSettings): boolean {
  return settings['xpack.security.enabled'] === true;
}

/** Whether a node with these settings may become master. */
export function mayBeMaster(settings: NodeSettings): boolean {
  const roles = settings['node.roles'];
  return !Array.isArray(roles) || roles.includes('master');
}

/** Whether a node with these settings holds data, of any tier. */
export function holdsData(settings: NodeSettings): boolean {
  const roles = settings['node.roles'];
  return !Array.isArray(roles) || roles.some((role) => /^data(_|$)/.test(String(role)));
}

/** Whether people would let their apps ask a node with these settings: a dedicated master is kept free. */
export function servesApps(settings: NodeSettings): boolean {
  const roles = settings['node.roles'];
  return !Array.isArray(roles) || roles.join() !== 'master';
}
