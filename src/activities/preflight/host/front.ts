import type { Check } from '../../../contract/evidence';
import { familyOf } from '../../../hosts/family';
import type { HostRef } from '../../../plan/hosts';
import { FRONT_CONFIG } from '../../front/config';
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

/**
 * Whether the service of HAProxy, as the host has it, would read the front. Another configuration would be checked than is
 * run, and the restart could end what HAProxy does there today. Pure.
 */
export function frontServiceCheck(host: HostRef, facts: HostFacts): Check {
  const check = 'front-service';
  const { name } = host;
  const said = facts.one('front-service');
  const { haproxy } = familyOf(host).software;
  const again = 'look at it by hand, and start again';
  if (said === undefined) return refused(check, name, "what HAProxy's service starts with was not seen", again);
  const problem = haproxy.serviceProblem(Buffer.from(said, 'base64').toString(), FRONT_CONFIG);
  if (problem === undefined) return passed(check, "HAProxy's own service would read the front", name);
  const remedy = `put it back as the package has it, with what it read in ${haproxy.config}; or take a host without HAProxy`;
  return refused(check, name, problem, remedy);
}
