import type { MetricMeter } from '@temporalio/common';
import { metricMeter } from '@temporalio/workflow';
import { PHASES, type GateName } from '../../contract/phases';
import type { MoveProgress } from '../../contract/progress';
import { isHeld } from './holds';
import type { State } from './state';

/** What a gauge of a migration is called, its unit and what it says; docs/RUNBOOK.md lists them for people. */
const GAUGES = {
  bigswitch_phase: ['', 'number of the phase, from 0 preflight to 9 report'],
  bigswitch_phases_done: ['', 'phases that came to their end'],
  bigswitch_rolling_back: ['', '1 from the wish to go back on'],
  bigswitch_paused: ['', '1 while a person holds the run'],
  bigswitch_blocked: ['', '1 while a phase has failed and waits for a person'],
  bigswitch_trying: ['', 'activities that have failed and are tried again by themselves'],
  bigswitch_stuck: ['', '1 while shards have not moved for the time that the plan gives them, or one arrives nowhere'],
  bigswitch_gate_opened_timestamp_seconds: [
    's',
    'when the open gate was opened, since the epoch; 0 while none is open',
  ],
  bigswitch_nodes_drained: ['', 'old nodes that were emptied and stopped'],
  bigswitch_shards_left: ['', 'shards that have still to move'],
  bigswitch_bytes_left: ['By', 'bytes that have still to move'],
  bigswitch_bytes_per_second: ['By/s', 'how fast shards move'],
} as const;

/** Name of a gauge of a migration. */
export type GaugeName = keyof typeof GAUGES;

/** What is measured of a gate. */
const GATE_OPEN = 'bigswitch_gate_open_seconds';

/**
 * Tells the worker's metrics what is known of a migration now. A replay tells nothing, so after a restart of the worker the
 * values are there again with the next change.
 */
export function showMetrics(state: State): void {
  const { data, plan } = state;
  const open = data.gate && !data.gate.rejected && !data.rollback;
  set(plan.name, {
    bigswitch_phase: PHASES.indexOf(data.phase),
    bigswitch_phases_done: data.phases.filter((record) => record.endedAt !== undefined).length,
    bigswitch_rolling_back: data.rollback ? 1 : 0,
    bigswitch_paused: isHeld(data) ? 1 : 0,
    bigswitch_blocked: data.blocked === undefined ? 0 : 1,
    bigswitch_trying: data.trying?.length ?? 0,
    bigswitch_gate_opened_timestamp_seconds: open && data.gate ? seconds(data.gate.openedAt) : 0,
    bigswitch_nodes_drained: data.drained.length,
  });
  // While a node is drained its own workflow knows better, and both tell the same series.
  if (data.draining === undefined) showProgress(plan.name, data.progress);
}

/** Tells how far replicate or a drain has come; nothing given means that nothing is left to move. */
export function showProgress(migration: string, progress?: MoveProgress): void {
  set(migration, {
    bigswitch_stuck: progress?.stuck ? 1 : 0,
    bigswitch_shards_left: progress?.shardsLeft ?? 0,
    bigswitch_bytes_left: progress?.bytesLeft ?? 0,
    bigswitch_bytes_per_second: progress?.bytesPerSecond ?? 0,
  });
}

/** Measures for how long a gate that was passed had been open. */
export function gatePassed(migration: string, gate: GateName, openedAt: string): void {
  const kind = gate.startsWith('drain:') ? 'drain' : gate;
  const open = Math.max(0, Math.round(Date.now() / 1000 - seconds(openedAt)));
  meterOf(migration)
    .createHistogram(GATE_OPEN, 'int', 's', 'for how long gates that were passed had been open')
    .record(open, { gate: kind });
}

function set(migration: string, values: Partial<Record<GaugeName, number>>): void {
  const meter = meterOf(migration);
  for (const [name, value] of Object.entries(values) as [GaugeName, number][]) {
    const [unit, description] = GAUGES[name];
    // A gauge takes no other number.
    meter.createGauge(name, 'int', unit, description).set(Number.isFinite(value) ? Math.max(0, Math.round(value)) : 0);
  }
}

function meterOf(migration: string): MetricMeter {
  return metricMeter.withTags({ migration });
}

function seconds(isoTime: string): number {
  return Math.round(Date.parse(isoTime) / 1000);
}
