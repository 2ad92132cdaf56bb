import { holdsData, mayBeMaster } from '../shapes';
import type { LabHost } from '../types';
import { ALLOWED, REQUIRED } from './allowed';
import { differences, type Difference, type Snapshot } from './snapshot';
import type { Mode } from './types';

/** How the snapshot marks what an account made whose process runs. */
const OF_A_RUNNING_SERVICE = 'of a running service, ';

/** What the run left behind that it should not have: each as `host: what: before → after`. */
export function leftovers(before: Snapshot, after: Snapshot, hosts: LabHost[], mode: Mode): string[] {
  const roles = new Map(hosts.map(({ name, role }) => [name, role]));
  return differences(before, after)
    .filter((difference) => !isAllowed(difference, roles.get(difference.host), mode) && !isOwn(difference))
    .map(({ host, what, before: was = 'none', after: is = 'none' }) => `${host}: ${what}: ${was} → ${is}`);
}

/**
 * Whether it is what a service made for itself in a temporary folder: it came with the service that runs there now, or went
 * with the one that ran there before. One that is new and still there when its service has ended is left over.
 */
function isOwn({ before, after }: Difference): boolean {
  if (before !== undefined && after !== undefined) return bare(before) === bare(after);
  return (before ?? after ?? '').startsWith(OF_A_RUNNING_SERVICE);
}

function bare(value: string): string {
  return value.startsWith(OF_A_RUNNING_SERVICE) ? value.slice(OF_A_RUNNING_SERVICE.length) : value;
}

function isAllowed({ what, after = 'none' }: Difference, role: LabHost['role'] | undefined, mode: Mode): boolean {
  return ALLOWED.some(
    (allowance) =>
      allowance.what.test(what) &&
      (allowance.after?.test(after) ?? true) &&
      (allowance.modes?.includes(mode) ?? true) &&
      (allowance.roles === undefined || (role !== undefined && allowance.roles.includes(role))),
  );
}

/** What must be there after the run and is not: each as `host: what is X`. */
export function missing(after: Snapshot, hosts: LabHost[], mode: Mode): string[] {
  if (mode === 'rolled-back') return [];
  const required = hosts.flatMap(({ name, role }) =>
    REQUIRED.filter((one) => one.role === role)
      .map(({ what, value }) => ({ what, value, is: after[name]?.[what] ?? 'none' }))
      .filter(({ value, is }) => !value.test(is))
      .map(({ what, is }) => `${name}: ${what} is ${is}`),
  );
  return [...required, ...wrongSettings(after, hosts)];
}

/** Which nodes count where a file says how many are expected. */
function countedBy(setting: string): (host: LabHost) => boolean {
  if (setting.endsWith('_data_nodes')) return ({ settings }) => holdsData(settings);
  if (setting.endsWith('_master_nodes')) return ({ settings }) => mayBeMaster(settings);
  return () => true;
}

/** What the new nodes' files say of the cluster that is not so any more: they name new nodes only, and expect as many. */
function wrongSettings(after: Snapshot, hosts: LabHost[]): string[] {
  const fresh = hosts.filter(({ role }) => role === 'new');
  const addresses = fresh.map(({ addresses: { new: address } }) => address ?? '');
  return fresh.flatMap(({ name }) => {
    const settings = Object.entries(after[name] ?? {}).filter(([what]) => what.startsWith('setting '));
    const seeds = after[name]?.['setting discovery.seed_hosts'] ?? 'none';
    const named = seeds.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [];
    const expected = settings.filter(
      ([what, value]) =>
        what.startsWith('setting gateway.expected_') && value !== String(fresh.filter(countedBy(what)).length),
    );
    return [
      ...(named.length > 0 && named.every((one) => addresses.includes(one)) ? [] : [['discovery.seed_hosts', seeds]]),
      ...expected.map(([what, value]) => [what.slice('setting '.length), value]),
    ].map(([what, value]) => `${name}: ${what} is ${value}`);
  });
}
