import { familyOf } from '../../hosts/family';
import type { HostRef } from '../../plan/hosts';

/** A version of HAProxy, as far as it is told apart. */
export type HaproxyVersion = readonly [major: number, minor: number, patch: number];

/** First version that finds a certificate's key in a file of its own, and that answers a request by itself. */
export const OLDEST_HAPROXY: HaproxyVersion = [2, 2, 0];

/** What a version of HAProxy knows, where the versions that there are differ. */
export interface HaproxyWords {
  /** Whether `idle-close-on-response` is to be set: 2.4 began to close idle connections at a soft stop. */
  idleCloseOnResponse: boolean;
  /** Whether the times of TCP keep-alive can be set; else they are the kernel's. */
  keepaliveTimes: boolean;
  /** What its fronts can't do, each a sentence for a person. */
  lacks: string[];
}

/** Prints the version of the host's HAProxy; in a dry run there may be none yet, then of the one that would be installed. */
export function haproxyVersionScript(host: HostRef): string {
  return `if command -v haproxy >/dev/null; then haproxy -v; else
${familyOf(host).packages.simulationScript(['haproxy'])}
fi`;
}

/** The version that HAProxy says: `HA-Proxy version 2.2.9-2 …`, `HAProxy version 3.0.11-1 …`; undefined when it says none. */
export function parseHaproxyVersion(said: string): HaproxyVersion | undefined {
  return versionIn(/^ *HA-?Proxy version (\S+)/m.exec(said)?.[1]);
}

/** The same, or the version that a host's family would install, by what one of the family's scripts printed. */
export function haproxyVersionOn(host: HostRef, said: string): HaproxyVersion | undefined {
  return parseHaproxyVersion(said) ?? versionIn(familyOf(host).packages.offered('haproxy', said));
}

/** The numbers of a version, with or without the epoch and revision of a package. */
function versionIn(text = ''): HaproxyVersion | undefined {
  const [, major, minor, patch = '0'] = /^(?:\d+:)?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

/** The version in words. */
export function showHaproxyVersion(version: HaproxyVersion): string {
  return version.join('.');
}

/** Whether a version is at least another one. */
export function isAtLeast(version: HaproxyVersion, least: HaproxyVersion): boolean {
  const different = version.findIndex((part, i) => part !== least[i]);
  return different === -1 || (version[different] ?? 0) > (least[different] ?? 0);
}

/** What a version knows. @throws Error for one that can't be a front */
export function haproxyWords(version: HaproxyVersion): HaproxyWords {
  if (!isAtLeast(version, OLDEST_HAPROXY)) {
    const oldest = showHaproxyVersion(OLDEST_HAPROXY);
    throw new Error(`HAProxy ${showHaproxyVersion(version)} can't be a front; ${oldest} or later is needed`);
  }
  const [closesIdle, knowsBetter] = [isAtLeast(version, [2, 4, 0]), isAtLeast(version, withIdleOption(version))];
  return {
    idleCloseOnResponse: knowsBetter,
    keepaliveTimes: isAtLeast(version, [2, 3, 0]),
    lacks: [
      ...(closesIdle ? [] : ['a search goes on to its end when its client goes away']),
      ...(closesIdle && !knowsBetter ? ['a reload can fail a request that is being sent at that moment'] : []),
    ],
  };
}

/** First version of the same branch with `idle-close-on-response`: it came with 2.6, and to 2.4 and 2.5 in February 2022. */
function withIdleOption([major, minor]: HaproxyVersion): HaproxyVersion {
  const patches: Record<string, HaproxyVersion> = { '2.4': [2, 4, 14], '2.5': [2, 5, 4] };
  return patches[`${major}.${minor}`] ?? [2, 6, 0];
}
