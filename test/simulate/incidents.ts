import { ACTIVITY_NAMES, CATALOGUE } from '../../src/contract/activities';
import { Dice } from './random';

/** What may go wrong with an attempt of an activity. */
export const FAULTS = [
  ...['fails', 'refused', 'acts-and-fails', 'hangs', 'acts-and-hangs', 'worker-lost', 'acts-and-worker-lost'],
  ...['late', 'looks-early-answers-late', 'outage'],
] as const;

/** What may be sent, beside what a patient person sends. */
export const MESSAGES = [
  ...['approve', 'approve-old', 'approve-wrong', 'approve-twice', 'reject', 'pause', 'resume', 'throttle'],
  ...['rollback', 'junk', 'cancel', 'terminate', 'evict', 'clients', 'app-sick', 'new-index'],
] as const;

export type Fault = { kind: 'fault'; on: string; nth: number; does: (typeof FAULTS)[number]; minutes: number };
/** Sent so long after so many activities were scheduled, or the so-manieth gate was opened. */
export type Said = { kind: 'said'; what: (typeof MESSAGES)[number]; at: 'call' | 'gate'; nth: number; seconds: number };

/** One thing that happens in a scenario, and does not depend on the others, so that it can be left out. */
export type Incident = Fault | Said;

/** Everything that a simulation is made of. */
export interface Scenario {
  seed: number;
  /** Most nodes on each side. */
  size: number;
  incidents: Incident[];
}

const FAULTY = [...ACTIVITY_NAMES.filter((name) => name !== 'dryRun'), 'notify', 'registered', 'askParent'];
const PREFLIGHT_SHARE = 0.1;

/** A random scenario, only from its seed. */
export function scenarioOf(seed: number, size: number): Scenario {
  const dice = new Dice(seed, 'incidents');
  const faults = dice.is(0.2) ? 0 : dice.whole(0, 6);
  const said = dice.is(0.2) ? 0 : dice.whole(0, 6);
  return {
    seed,
    size,
    incidents: [
      ...Array.from({ length: faults }, () => fault(dice)),
      ...Array.from({ length: said }, () => message(dice)),
    ],
  };
}

function fault(dice: Dice): Fault {
  let on = dice.oneOf(FAULTY);
  while (on in CATALOGUE && CATALOGUE[on as 'claimHost'][0] === ('preflight' as string) && !dice.is(PREFLIGHT_SHARE)) {
    on = dice.oneOf(FAULTY);
  }
  const minutes = dice.oneOf([1, 20, 90, 300]);
  return { kind: 'fault', on, nth: dice.is(0.5) ? 1 : dice.whole(1, 6), does: dice.oneOf(FAULTS), minutes };
}

function message(dice: Dice): Said {
  const what = dice.oneOf(MESSAGES);
  const seconds = dice.oneOf([0, 0, 1, 10, 100, 1000]) * dice.next();
  if (dice.is(0.6)) return { kind: 'said', what, at: 'gate', nth: dice.whole(1, 6), seconds };
  return { kind: 'said', what, at: 'call', nth: dice.whole(1, 150), seconds };
}

/** An incident in plain words. */
export function inWords(incident: Incident): string {
  if (incident.kind === 'fault') {
    const { on, nth, does, minutes } = incident;
    return `${on}, attempt ${nth}: ${does}${does === 'outage' ? ` for ${minutes} min` : ''}`;
  }
  const { what, at, nth, seconds } = incident;
  return `${what}, ${seconds.toFixed(1)} s after ${at === 'gate' ? `gate ${nth} opened` : `call ${nth}`}`;
}
