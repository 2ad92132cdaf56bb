import type { HostRef } from '../../plan/hosts';
import { debian } from './debian';
import type { HostFamily } from './family';

export type { HostFamily } from './family';
export type { PackageStepInput } from './packages';

/** Every family that is known, one folder each. */
export const FAMILIES: readonly HostFamily[] = [debian];

/** The family of a host of the plan. */
export function familyOf(_host: HostRef): HostFamily {
  return debian;
}
