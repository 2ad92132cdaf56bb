import {
  ActivityFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  patched,
  sleep,
} from '@temporalio/workflow';
import type { Watched } from '../../contract/places';
import type { Sample } from '../../contract/progress';
import type { Migration } from './migration';
import { LONGEST_WATCH_SECONDS } from '../world/options';
import { sentence } from './failures';
import { shardsMayMove } from '../state/possible';

const SHORTEST_WATCH_SECONDS = 20;
const AFTER_FAILURE_MS = 60_000;

/** Bytes of all samples that one call hands over, so that its answer fits in one payload, however many apps there are. */
const MOST_BYTES_OF_ONE_CALL = 500_000;
/** About what a sample has, and what each app adds to it. */
const SAMPLE_BYTES = 200;
const APP_BYTES = 150;

/** Starts what runs beside the phases, once. */
export function startWatch(m: Migration): void {
  m.background.start([() => watch(m), () => keepThrottle(m)]);
}

/** Watches the migration beside everything else, until it is cancelled. A watch that fails never fails the run. */
async function watch(m: Migration): Promise<void> {
  const scope = CancellationScope.current();
  while (!scope.consideredCancelled) {
    try {
      m.state.watched(await m.world.observe({ count: samplesOfOneCall(m), green: wasGreen(m) }));
    } catch (error) {
      if (isCancellation(error)) m.state.watched(rescued(error));
      if (!scope.consideredCancelled) await sleep(AFTER_FAILURE_MS, { summary: 'watch again after a failure' });
    }
  }
}

function wasGreen({ state }: Migration): boolean {
  return state.data.samples.at(-1)?.health === 'green';
}

/** A call lasts a tenth of the run so far: often enough at first to see something, seldom enough for a run of days. Its answer is small. */
function samplesOfOneCall(m: Migration): number {
  const soFar = (Date.now() - Date.parse(m.state.data.startedAt)) / 1000;
  const seconds = Math.min(LONGEST_WATCH_SECONDS, Math.max(SHORTEST_WATCH_SECONDS, soFar / 10));
  const fit = MOST_BYTES_OF_ONE_CALL / (SAMPLE_BYTES + APP_BYTES * m.plan.hosts.apps.length);
  return Math.max(1, Math.floor(Math.min(seconds / m.plan.sampleSeconds, fit)));
}

/** Samples that a cancelled call had taken already: its last heartbeat comes with the cancellation. */
function rescued(error: unknown): Sample[] {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  const [details] = cause instanceof CancelledFailure ? cause.details : [];
  const samples = (details as Partial<Watched> | null | undefined)?.samples;
  return Array.isArray(samples) ? samples : [];
}

/** Change of the order of commands: runs that were begun before it look at what is wanted, not at how often. */
const EACH_WISH = 'each-throttle-counts';

/**
 * Applies what a person asked by `throttle`, at once and also while shards move, until it is cancelled. Each wish is one try; one
 * that failed is told in the audit, and is not in force.
 */
async function keepThrottle(m: Migration): Promise<void> {
  const each = patched(EACH_WISH);
  for (;;) {
    await condition(() => pending(m, each) !== undefined && shardsMayMove(m.state));
    const maxMBps = pending(m, each) as number;
    const { wish } = m.state.data.throttle;
    m.state.set({ throttle: { ...m.state.data.throttle, asked: wish } });
    let failed = false;
    try {
      m.state.record(await m.world.setThrottle({ maxMBps }));
    } catch (error) {
      if (isCancellation(error)) throw error;
      failed = true;
      m.state.audit({ kind: 'throttle', accepted: false, note: `${maxMBps} MiB/s`, reason: sentence(error) });
    }
    const applied = failed && each ? m.state.data.throttle.applied : maxMBps;
    m.state.set({ throttle: { ...m.state.data.throttle, answered: wish, applied } });
  }
}

/** @param each whether the same wish counts again */
function pending(m: Migration, each: boolean): number | undefined {
  const { wanted, wish, answered, applied } = m.state.data.throttle;
  return (each && wish !== undefined ? wish === answered : wanted === applied) ? undefined : wanted;
}
