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

/** How hosts of a family get packages. */
export interface Packages {
  /** What installs them: how people call it, the command without which nothing can be installed, and who has it. */
  manager: { name: string; command: string; hosts: string };
  /** Installs packages; the undo removes exactly what was new, and nothing that was there before. */
  step(input: PackageStepInput): HostStep;
  /** Prints what would be installed, and changes nothing. */
  simulationScript(packages: string[]): string;
  /** Names and versions in what that script printed. */
  simulated(output: string): { name: string; version: string }[];
  /** Prints what would be installed of one package by what the host knows now, at once; may exit non-zero when it knows nothing. */
  offerScript(name: string): string;
  /** Version of a package in what either script printed; undefined when they named none. */
  offered(name: string, output: string): string | undefined;
  /** What a person types to get commands that are missing. */
  byHand(commands: string[]): string;
}
