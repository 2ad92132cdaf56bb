import type { HostRole } from '../src/plan/schema';
import type { NodeSettings } from './shapes';

/** What a person can choose about the lab. */
export interface LabOptions {
  /** Number of old hosts, 1 to 50. */
  old: number;
  /** Number of new hosts, 1 to 50. */
  new: number;
  /** Elasticsearch version, as published on Maven Central, for example `7.17.28`. */
  es: string;
  /** Documents loaded into the old cluster. */
  docs: number;
  /** Requests per second from each app host. */
  rate: number;
  /** Kind of cluster: a name of `lab/shapes`, or several with commas between. */
  shape: string;
}

/** The defaults: the size that `scripts/demo` shows. */
export const DEFAULT_OPTIONS: LabOptions = { old: 3, new: 3, es: '7.17.28', docs: 100_000, rate: 20, shape: 'plain' };

/** One machine of the lab. */
export interface LabHost {
  name: string;
  role: HostRole;
  /** Its address in each network that it is attached to. */
  addresses: { old?: string; new?: string };
  container: string;
  sshUser: 'root' | 'deploy';
  /** On nodes: what elasticsearch.yml says beside what every node's does. */
  settings: NodeSettings;
}

/** What `up` leaves in out/lab/lab.json for every other command. */
export interface LabState {
  esVersion: string;
  clusterName: string;
  hosts: LabHost[];
  ssh: { privateKey: string; knownHosts: string };
  dockerHost?: string;
  composeFile: string;
  /** The operator's CA that signed the front certificates. */
  caFile: string;
  /** File with the front's password. */
  frontPasswordFile: string;
  /** File with the operator's password, which a secured cluster asks for. */
  operatorPasswordFile: string;
  options: LabOptions;
  /** True once `up` came to its end; false is what an interrupted run left. */
  ready: boolean;
  /** `vm.max_map_count` as it was before the lab raised it, to be put back by `down`. */
  previousMaxMapCount?: number;
}
