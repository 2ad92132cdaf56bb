import type { Check } from '../../../contract/evidence';
import { familyOf } from '../../../hosts/family';
import type { HostRef } from '../../../plan/hosts';
import { haproxyWords, isAtLeast, OLDEST_HAPROXY, haproxyVersionOn, showHaproxyVersion } from '../../front/version';
import { passed, refused, warned } from '../check';
import type { HostFacts } from './facts';

/** Whether the HAProxy of a new host, or the one that it would get, can be a front, and what it lacks. Pure. */
export function haproxyCheck(host: HostRef, facts: HostFacts): Check {
  const { name } = host;
  const check = 'front-version';
  const version = haproxyVersionOn(host, facts.one('haproxy') ?? '');
  if (!version) {
    const remedy = 'nothing: it is looked at in the phase front; or install haproxy to see it now';
    return warned(check, name, 'which HAProxy it has, or would get, is not known', remedy);
  }
  const shown = `HAProxy ${showHaproxyVersion(version)}`;
  const { newer } = familyOf(host).software.haproxy;
  const remedy = `install a later HAProxy (${newer}, or a newer release of the system)`;
  if (!isAtLeast(version, OLDEST_HAPROXY)) {
    return refused(
      check,
      name,
      `${shown} is older than ${showHaproxyVersion(OLDEST_HAPROXY)}: it can't be a front`,
      remedy,
    );
  }
  const { lacks } = haproxyWords(version);
  if (lacks.length === 0) return passed(check, shown, name);
  return warned(check, name, `${shown}: ${lacks.join('; ')}`, `${remedy}, or live with it`);
}
