import type { LabHost } from '../types';
import { ALLOWED, REQUIRED } from './allowed';
import { differences, type Difference, type Snapshot } from './snapshot';
import type { Mode } from './types';

/** What the run left behind that it should not have: each as `host: what: before → after`. */
export function leftovers(before: Snapshot, after: Snapshot, hosts: LabHost[], mode: Mode): string[] {
  const roles = new Map(hosts.map(({ name, role }) => [name, role]));
  return differences(before, after)
    .filter((difference) => !isAllowed(difference, roles.get(difference.host), mode))
    .map(({ host, what, before: was = 'none', after: is = 'none' }) => `${host}: ${what}: ${was} → ${is}`);
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
  return hosts.flatMap(({ name, role }) =>
    REQUIRED.filter((required) => required.role === role)
      .map(({ what, value }) => ({ what, value, is: after[name]?.[what] ?? 'none' }))
      .filter(({ value, is }) => !value.test(is))
      .map(({ what, is }) => `${name}: ${what} is ${is}`),
  );
}
