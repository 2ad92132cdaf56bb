import type { PackageStepInput } from './packages';

/** What is installed, and what of it goes again. */
export type Installed = Pick<PackageStepInput, 'packages' | 'commands' | 'traces'>;

/** OpenVPN as the family packages it. */
export interface OpenvpnHere {
  install: Installed;
  /** Configuration of each end, and the service that reads it. */
  server: { unit: string; config: string };
  client: { unit: string; config: string };
  /** Where the server's service may write who is connected. */
  status: string;
  /** Where files of ours may lie, as patterns of sh. */
  ownFiles: string[];
}

/** HAProxy as the family packages it. */
export interface HaproxyHere {
  install: Installed;
  /** Where a person gets a newer one. */
  newer: string;
  unit: string;
  /** The package's own configuration. */
  config: string;
  /** Prints what the service would start with; reads only, and succeeds where there is none. */
  serviceScript: string;
  /** Why the service would not read one more file, as a sentence goes on. @param printed by the script @param file absolute path */
  serviceProblem: (printed: string, file: string) => string | undefined;
  /** What keeps the service from reading one more file, and what helps, as a person is told it. @param file absolute path */
  hint: (file: string) => string;
  /**
   * The file that makes the service read one more configuration after its own, and answer what is under way when it is
   * stopped.
   * @param file absolute path
   * @param stopSeconds for that
   */
  settings: (file: string, stopSeconds: number) => { path: string; content: string };
}

/** What bigswitch installs, as it is on hosts of a family. */
export interface Software {
  openvpn: OpenvpnHere;
  haproxy: HaproxyHere;
}
