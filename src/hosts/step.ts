import type { Phase } from '../contract/phases';

/** How much of one key a person is shown: old and new value, the new one alone, or that it changes. */
export type KeyShown = 'whole' | 'new' | 'name';

/**
 * What of a file with secrets may be shown: all of its new text, where every byte of it is ours, or the keys that we write;
 * one that ends in a dot stands for all that it begins.
 */
export type Showable = 'all' | { format: 'yaml' | 'json' | 'env'; keys: Record<string, KeyShown> };

/** A file that a step leaves; without `content` it is made on the host (a key). `target` where it is a symbolic link. */
export interface FileEffect {
  kind: 'file';
  path: string;
  content?: string;
  mode?: string;
  owner?: string;
  /** It holds secrets: nothing of it is shown but what `shows` says. */
  secret?: boolean;
  shows?: Showable;
  target?: string;
}

/**
 * One thing that a step leaves on its host, as data: what a dry run shows to a person, and what it knows of the host when
 * it comes to the steps after this one. The shell fragments of the step are what really happens.
 */
export type StepEffect =
  | FileEffect
  | { kind: 'packages'; packages: string[]; commands: string[] }
  | { kind: 'service'; unit: string; enabled: boolean; running: boolean }
  /** Firewall rules, as `iptables-save -t nat` lists them, that are there afterwards, or no longer. */
  | { kind: 'rules'; rules: string[]; there: boolean }
  /** What a later script that reads this will print: a stand-in for what does not exist before the step was made. */
  | { kind: 'answer'; script: string; stdout: string };

/**
 * One idempotent change on one host. Every part is a POSIX sh fragment that runs with `set -eu`; the runner puts them
 * together into one script on stdin. `$BACKUP` is a folder of this step's own on the host, kept until undone.
 *
 * The runner's order: check → (done: stop) → save and write `undo` to the host's ledger → apply → verify.
 */
export interface HostStep {
  phase: Phase;
  /** Unique on the host, for example `redirect-rules`; letters, digits and hyphens. */
  id: string;
  /** What it does, one sentence in the story's words. */
  summary: string;
  /** Read-only; exits 0 when the host is already as wanted. */
  check: string;
  /** Saves what was there before into `$BACKUP`; runs once, before the first apply. */
  save?: string;
  /** Makes it so; may run again after a crash in the middle. */
  apply: string;
  /** Exits 0 only when it is proven; default: `check`. */
  verify?: string;
  /** Puts back what was before; may run again; must succeed when apply never ran. */
  undo: string;
  /**
   * Exits 0 when `undo` has nothing left to do; asked by each try before it, and may wait. For an undo that must not be
   * done twice without need, as a restart; by default `undo` runs.
   */
  undone?: string;
  /**
   * What a person who runs `undo` by hand is asked first, as there nobody has proved anything: exits 0 when it harms nobody,
   * else prints in one sentence whom it would. Changes nothing.
   */
  harmless?: string;
  /** Values that reach `apply` as shell variables over stdin only; never stored, logged or shown. */
  secrets?: Record<string, string>;
  /** Longest time for the whole step. Default 120 s. */
  timeoutSeconds?: number;
  /** Longest time for `undone` and `undo` together; by default they share one with all others that say nothing. */
  undoSeconds?: number;
  /** What it leaves on the host, in order. */
  effects?: StepEffect[];
}
