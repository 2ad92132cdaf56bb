import { comesFirst, type KeptName, type KeptRecord } from '../../contract/kept-record';
import type { Phase } from '../../contract/phases';

/**
 * All copies of records with more of them. One of the same record takes the place of the earlier; one of another record of the same
 * change joins it, as the hub has lost that one. How the cluster was before is known from the first. Pure.
 */
export function keptToo(kept: KeptRecord[] | undefined, more: KeptRecord[]): KeptRecord[] | undefined {
  return more.reduce((all, one) => {
    const known = all?.find((other) => isSame(other, one));
    if (known && !('id' in one)) return all;
    return [...(all ?? []).filter((other) => other !== known), one];
  }, kept);
}

/** Which records they are, without what they say: small enough to be sent with each look. */
export function namesOf(kept: KeptRecord[]): KeptName[] {
  return kept.map((one) => ('id' in one ? { name: one.name, id: one.id, at: one.at } : { name: one.name }));
}

/** What of the cluster was put back: see `restoreCluster`. */
export interface Restored {
  phases?: Phase[];
  planned?: boolean;
}

/** Those that are left when that was put back: their changes are still to be undone. Pure. */
export function leftOf(kept: KeptRecord[], { phases, planned }: Restored): KeptRecord[] {
  return kept.filter(
    (one) =>
      !('id' in one) || (phases !== undefined && !phases.includes(one.phase)) || (planned === true && !comesFirst(one)),
  );
}

function isSame(one: KeptRecord, other: KeptRecord): boolean {
  if (!('id' in one) || !('id' in other)) return one.name === other.name;
  return one.id === other.id && one.at === other.at;
}
