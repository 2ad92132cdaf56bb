import type { Phase } from '../../contract/phases';
import type { HostStep } from '../step';

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

/** What was seen of the manager of services. */
export interface ManagerSeen {
  verdict: 'well' | 'limps' | 'unusable';
  /** What was seen, as a person is told it. */
  seen: string;
  /** What a person can do, or where they can look. */
  remedy: string;
}

/** What was seen of a service that may not be installed. */
export interface ServiceSeen {
  /** Whether it is there and can be started. */
  usable: boolean;
  /** Makes it usable; undefined where it has to be installed first. */
  remedy?: string;
  running: boolean;
  /** Known to be at rest: no answer is not that. */
  stopped: boolean;
  /** Whether it starts at boot. */
  enabled: boolean;
  /** How it is, in the manager's own words. */
  words: string;
}

/** A service of our own: it does something once, and then goes on with another thing for good. */
export interface OwnServiceInput {
  /** How it is called, without what the family adds to that. */
  name: string;
  description: string;
  /** Why it starts after every firewall that the host may have; a line for who reads its file. */
  afterFirewalls: string;
  /** Service that starts only after it. */
  before: string;
  /** Command that has to come to its end first. */
  prepare: string;
  /** Command that goes on, and is started again when it ends. */
  run: string;
  /** Seconds before that. */
  againSeconds: number;
}

/** A service of our own as a family has it; a step writes its file. */
export interface OwnService {
  unit: string;
  path: string;
  content: string;
  /** Makes what was written count, starts it, and has it start at boot. */
  begin: string;
  /** Ends it, and keeps it from starting at boot; succeeds where it is not there. */
  end: string;
  /** Forgets it when its file is gone. */
  forget: string;
}

/** How hosts of a family run services. Where a fragment of sh is given, it runs with and without \`set -eu\`. */
export interface Services {
  manager: {
    name: string;
    /** Commands that a host must have for it. */
    commands: string[];
    /** Prints in one word how it is; may exit non-zero. */
    stateScript: string;
    judge(word: string): ManagerSeen;
  };
  /** Makes a service run or not, now and at boot; the undo brings back the state that it had. */
  step(input: ServiceStepInput): HostStep;
  /** Prints in one word how a service is. */
  stateScript(unit: string): string;
  /** Whether it is at rest, by that word: no answer is not that. */
  saysStopped(word: string): boolean;
  /** Prints whether it starts at boot and how it is. */
  bothScript(unit: string): string;
  /** Both in the manager's own words; empty where it gave none, or where there is no such service. */
  both(output: string): { enabled: string; active: string };
  /** Whether it is at rest and does not start at boot, by the output of that script. */
  saysOff(output: string): boolean;
  /** Prints lines of \`key=value\` about a service that may not be installed. */
  seenScript(unit: string): string;
  /** @param said value of a key in these lines */
  seen(unit: string, said: (key: string) => string | undefined): ServiceSeen;
  /** Exits 0 while it runs. */
  isRunning(unit: string): string;
  /** Exits 0 when it starts at boot. */
  isEnabled(unit: string): string;
  /** Has it read its configuration anew. */
  reload(unit: string): string;
  /** Stops it, if it runs, by the settings with which it was started, then starts it by the new ones. \`$BACKUP\` is used. */
  restartByNewSettings(unit: string): string;
  /** Prints a variable of its environment, or nothing. */
  variableScript(unit: string, name: string): string;
  /** Prints the path of the program that it starts, or nothing. */
  programScript(unit: string): string;
  /** Prints the user as whom it runs, or nothing. */
  userScript(unit: string): string;
  /** Prints the last lines that it wrote to the host's log, or nothing. */
  logScript(unit: string, lines: number): string;
  /** Services that a command of a person restarts or reloads through the manager. */
  namedIn(command: string): string[];
  /** Exits 0 when there is one of that name. */
  isKnown(unit: string): string;
  own(input: OwnServiceInput): OwnService;
  /** Prints the name of each service and job of ours that is there, and nothing where none is. */
  ownScript: string;
  /** Where files of ours may lie, as patterns of sh. */
  ownFiles: string[];
  /** What a person types to have it done. */
  byHand: {
    start(unit: string): string;
    /** Stops it, also at boot. */
    stop(unit: string): string;
    reload(unit: string): string;
    /** Shows what it wrote. */
    log(unit: string): string;
    keepTime: string;
  };
}
