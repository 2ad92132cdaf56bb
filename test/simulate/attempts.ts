import { ACTIVITY_NAMES, CATALOGUE, type ActivityName } from '../../src/contract/activities';
import { CHANGING } from '../../src/contract/activities/catalogue';
import { FAILURES } from '../../src/contract/failures';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes';
import type { Plan } from '../../src/plan/schema';
import type { Fault } from './incidents';
import { chance } from './random';
import type { ActivityCall, Attempt } from './temporal/activities';

/** Whether an activity changes the world. */
export function changes(name: string): boolean {
  return (ACTIVITY_NAMES as readonly string[]).includes(name) && CHANGING.has(CATALOGUE[name as ActivityName][0]);
}

/** How long attempts take, and what goes wrong with them. */
export class Attempts {
  private readonly counts = new Map<string, number>();
  private readonly outages = new Map<string, number>();

  /** @param answer does what the activity does, and gives its result */
  constructor(
    private readonly seed: number,
    private readonly plan: Plan,
    private readonly faults: Fault[],
    private readonly now: () => number,
    private readonly say: (line: string) => void,
    private readonly answer: (call: ActivityCall) => unknown,
  ) {}

  /** What comes of the next attempt. */
  of(call: ActivityCall): Attempt {
    const { name } = call;
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    const takes = this.seconds(call, count) * 1000;
    const normal: Attempt = {
      ...{ actAfter: takes * chance(this.seed, 'act', name, count), answerAfter: takes, act: () => this.answer(call) },
      // A script that has begun on a host goes on to its end; a look or a wait hears of it.
      hearsCancellation: !changes(name) || chance(this.seed, 'hears', name, count) < 0.5,
      ...(name === 'observe' ? { actAfter: takes, cancelDetails: () => ({ samples: [] }) } : {}),
    };
    const fault = this.faults.find(({ on, nth }) => on === name && nth === count);
    if (fault?.does === 'outage') this.outages.set(name, this.now() + fault.minutes * 60_000);
    if (this.now() < (this.outages.get(name) ?? 0)) return { ...normal, act: () => undefined, failsAfterwards: BUSY };
    if (!fault) return normal;
    this.say(`(fault: ${name} ${fault.does})`);
    return afflicted(normal, fault);
  }

  private seconds({ name, input }: ActivityCall, count: number): number {
    const dice = chance(this.seed, 'takes', name, count);
    const { count: samples = 1, seconds = 0 } = (input ?? {}) as { count?: number; seconds?: number };
    if (name === 'observe') return samples * this.plan.sampleSeconds;
    if (name === 'watchApps') return seconds + dice;
    if (name === 'replicate' || name === 'drain') return 5 + dice * 30;
    return changes(name) ? 2 + dice * 60 : 0.5 + dice * 8;
  }
}

const BUSY = { kind: 'application', message: 'out of reach', type: 'Error' } as const;

/** What an activity beside the migration answers. */
export function answerAside(name: string): unknown {
  return name === 'registered' ? Object.values(SEARCH_ATTRIBUTES).map((key) => key.name) : undefined;
}

function afflicted(normal: Attempt, { does, minutes }: Fault): Attempt {
  const late = minutes * 60_000;
  switch (does) {
    case 'fails':
      return { ...normal, act: () => undefined, failsAfterwards: BUSY };
    case 'refused': {
      const refused = { ...BUSY, message: 'refused', type: FAILURES.CLUSTER_REFUSED };
      return { ...normal, act: () => undefined, failsAfterwards: refused };
    }
    case 'acts-and-fails':
      return { ...normal, failsAfterwards: BUSY };
    case 'hangs':
      return { ...normal, actAfter: Infinity, answerAfter: Infinity, hearsCancellation: true };
    case 'acts-and-hangs':
      return { ...normal, answerAfter: Infinity };
    case 'worker-lost':
      return { ...normal, actAfter: Infinity, workerLost: true };
    case 'acts-and-worker-lost':
      return { ...normal, workerLost: true };
    case 'late':
      return { ...normal, actAfter: normal.actAfter + late, answerAfter: normal.answerAfter + late };
    case 'looks-early-answers-late':
      return { ...normal, answerAfter: normal.answerAfter + late };
    case 'outage':
      return normal;
  }
}
