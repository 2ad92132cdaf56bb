/**
 * What an activity is, as far as time-outs, retries and pausing go:
 * `preflight` a first look, `look` a later look or proof, `change` one change on a host or the cluster,
 * `app` a change that restarts and watches apps, `move` a wait for shards, `sample` the watch beside everything,
 * `knob` a setting that a person turns while the rest is paused, `undo` an inverse, `report` writing the report.
 */
export type Kind = 'preflight' | 'look' | 'change' | 'app' | 'move' | 'sample' | 'knob' | 'undo' | 'report';

/** Kinds that change the world. They wait while the run is paused; looks, samples and knobs go on. */
export const CHANGING: ReadonlySet<Kind> = new Set<Kind>(['change', 'app', 'move', 'undo']);

/** Kinds whose activities change hosts or the cluster, while the run is paused or not. */
export const WRITES: ReadonlySet<Kind> = new Set<Kind>([...CHANGING, 'knob']);

/** The input of one activity. */
type Input<A, Name extends keyof A> = A[Name] extends (...input: infer I) => unknown ? I : never;

/** What each activity of an interface is, and how the timeline of the UI calls it. */
export type Catalogue<A> = {
  readonly [Name in keyof A]: readonly [kind: Kind, summary: string | ((...input: Input<A, Name>) => string)];
};
