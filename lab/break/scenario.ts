import type { HostRole } from '../../src/plan/schema';

/** What a scenario may be told. */
export interface BreakOptions {
  /** Seconds after which it undoes itself; without, it stays until it is undone. */
  seconds?: number;
  /** `loss`: packets lost; `fill-disk`: how full the disk gets. In percent. */
  percent?: number;
}

/** One way to break a host: shell scripts that run on it as root; both may run twice. */
export interface Scenario {
  name: string;
  /** What happens, for `--help`. */
  summary: string;
  /** Hosts it makes sense for. */
  roles: HostRole[];
  /** What `--percent` means, where it means anything, and its default. */
  percent?: { about: string; usual: number };
  /** Seconds after which it undoes itself unless told otherwise; absent where it stays until undone. */
  defaultSeconds?: number;
  breaking: (options: BreakOptions) => string;
  undoing: (options: BreakOptions) => string;
}

/** Hosts with Elasticsearch. */
export const NODES: HostRole[] = ['old', 'new'];
/** Every host. */
export const ALL_HOSTS: HostRole[] = ['hub', 'old', 'new', 'app'];
