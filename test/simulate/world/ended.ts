import type { World } from './world';

/** What is not as it was before the migration, in plain words. */
export function isAsBefore(world: World): string[] {
  const { cluster } = world;
  return [
    ...world.old.filter((host) => !world.members().includes(host)).map((host) => `${host} is stopped`),
    ...world.fresh.filter((host) => world.members().includes(host)).map((host) => `${host} runs`),
    ...(world.appSide() === 'old' ? [] : [`apps: ${world.appSide()}`]),
    ...[...world.things].map((thing) => `left: ${thing}`),
    ...(clusterFree(world) ? [] : ['the cluster has exclusions of ours']),
    ...(cluster.green() ? [] : ['not green']),
    ...(world.quorumSide() === 'old' ? [] : [`quorum: ${world.quorumSide()}`]),
  ];
}

/** Whether no exclusion of ours is left in the cluster. */
export function clusterFree({ cluster }: World): boolean {
  return cluster.excluded().length === 0 && cluster.state.voteless.length === 0;
}

/** Whether neither bridge nor redirects are left. */
export function networkGone({ things }: World): boolean {
  return ![...things].some((thing) => /\/(bridge-|redirect-)/.test(thing));
}
