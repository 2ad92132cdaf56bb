import {
  ActivityFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  sleep,
} from '@temporalio/workflow';
import type { Watched } from '../../contract/places';
import type { Sample } from '../../contract/progress';
import type { Migration } from './migration';
import { LONGEST_WATCH_SECONDS } from '../world/options';
import { sentence } from './failures';

const SHORTEST_WATCH_SECONDS = 20;
const AFTER_FAILURE_MS = 60_000;

/** Starts what runs beside the phases, once. */
export function startWatch(m: Migration): void {
  m.background.start([() => watch(m), () => keepThrottle(m)]);
}

/** Watches the migration beside everything else, until it is cancelled. A watch that fails never fails the run. */
async function watch(m: Migration): Promise<void> {
  const scope = CancellationScope.current();
  while (!scope.consideredCancelled) {
    try {
      m.state.watched(await m.world.observe({ count: samplesOfOneCall(m) }));
    } catch (error) {
      if (isCancellation(error)) m.state.watched(rescued(error));
      if (!scope.consideredCancelled) await sleep(AFTER_FAILURE_MS, { summary: 'watch again after a failure' });
    }
  }
}

/** A call lasts a tenth of the run so far: often enough at first to see something, seldom enough for a run of days. */
function samplesOfOneCall(m: Migration): number {
  const soFar = (Date.now() - Date.parse(m.state.data.startedAt)) / 1000;
  const seconds = Math.min(LONGEST_WATCH_SECONDS, Math.max(SHORTEST_WATCH_SECONDS, soFar / 10));
  return Math.max(1, Math.floor(seconds / m.plan.sampleSeconds));
}

/** Samples that a cancelled call had taken already: its last heartbeat comes with the cancellation. */
function rescued(error: unknown): Sample[] {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  const [details] = cause instanceof CancelledFailure ? cause.details : [];
  const samples = (details as Partial<Watched> | null | undefined)?.samples;
  return Array.isArray(samples) ? samples : [];
}

/** Applies what a person asked by `throttle`, at once and also while shards move, until it is cancelled. */
async function keepThrottle(m: Migration): Promise<void> {
  for (;;) {
    await condition(() => pending(m) !== undefined && shardsMayMove(m));
    const maxMBps = pending(m) as number;
    try {
      m.state.record(await m.world.setThrottle({ maxMBps }));
    } catch (error) {
      if (isCancellation(error)) throw error;
      m.state.audit({ kind: 'throttle', accepted: false, note: `${maxMBps} MiB/s`, reason: sentence(error) });
    }
    m.state.set({ throttle: { ...m.state.data.throttle, applied: maxMBps } });
  }
}

function pending(m: Migration): number | undefined {
  const { wanted, applied } = m.state.data.throttle;
  return wanted === applied ? undefined : wanted;
}

/** From the start of replicate until the cluster's settings are put back; afterwards a throttle would stay for good. */
function shardsMayMove(m: Migration): boolean {
  return m.state.begun('replicate') && !m.state.data.settingsRestored;
}
