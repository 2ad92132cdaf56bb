import type { Phase } from '../../contract/phases';
import type { HostStep } from '../step';

/** Packages as they are to be on a host. */
export interface PackageStepInput {
  phase: Phase;
  id: string;
  summary: string;
  /** Names as the family has them. */
  packages: string[];
  /** Commands that these packages bring; where all of them are there already, nothing is installed. */
  commands: string[];
  traces?: PackageTraces;
}

/** What a package's service leaves and the package's removal forgets. */
export interface PackageTraces {
  /** While it is there the traces are in use, and stay. */
  command: string;
  /** Absolute paths. */
  files: string[];
  /** Absolute paths, inner ones first; each goes when it is empty. */
  folders: string[];
}

/** A service as it is to be on a host. */
export interface ServiceStepInput {
  phase: Phase;
  id: string;
  summary: string;
  unit: string;
  /** Whether it starts at boot. */
  enabled: boolean;
  /** Whether it runs now. */
  running: boolean;
  /** Further proof that it works, after it runs; exits 0. */
  proof?: string;
  /** Seconds for it to come up and for \`proof\`; default 60. */
  readySeconds?: number;
}

/** How hosts of one kind get packages and run services. */
export interface HostFamily {
  name: string;
  packages: {
    /** Installs packages; the undo removes exactly what was new, and nothing that was there before. */
    step(input: PackageStepInput): HostStep;
    /** Prints what would be installed, and changes nothing. */
    simulationScript(packages: string[]): string;
    /** Names and versions in what that script printed. */
    simulated(output: string): { name: string; version: string }[];
  };
  services: {
    /** Makes a service run or not, now and at boot; the undo brings back the state that it had. */
    step(input: ServiceStepInput): HostStep;
    /** Prints in one word how a service is. */
    stateScript(unit: string): string;
    /** Whether it is at rest, by that word: no answer is not that. */
    saysStopped(word: string): boolean;
  };
}
