import type { Scenario } from './incidents';

/** Scenarios that broke a rule once, and must never again; each as small as it gets. */
export const KEPT: { what: string; scenario: Scenario }[] = [
  {
    what: 'a run that goes on in a new one while it is blocked says so, and what to type, from its first moment',
    scenario: {
      seed: 139,
      size: 6,
      incidents: [{ kind: 'fault', on: 'proveFronts', nth: 1, does: 'outage', minutes: 90 }],
    },
  },
  {
    what: 'an index that is made between two drains, with both copies on old nodes, closes no gate',
    scenario: {
      seed: 340,
      size: 3,
      incidents: [
        { kind: 'fault', on: 'switchApp', nth: 1, does: 'late', minutes: 300 },
        { kind: 'said', what: 'new-index', at: 'gate', nth: 4, seconds: 0 },
      ],
    },
  },
  {
    what: 'what a drain asks between its gate and its first change counts for the age of the word',
    scenario: {
      seed: 176,
      size: 3,
      incidents: [{ kind: 'fault', on: 'askParent', nth: 1, does: 'outage', minutes: 20 }],
    },
  },
  {
    what: 'on the way back from a drain nothing comes between the apps and the quorum',
    scenario: {
      seed: 34,
      size: 1,
      incidents: [
        { kind: 'said', what: 'rollback', at: 'gate', nth: 2, seconds: 0 },
        { kind: 'said', what: 'clients', at: 'gate', nth: 1, seconds: 0 },
      ],
    },
  },
  {
    what: 'the way back begins while only the canary is on the fronts',
    scenario: {
      seed: 332,
      size: 1,
      incidents: [{ kind: 'said', what: 'cancel', at: 'gate', nth: 1, seconds: 728.5 }],
    },
  },
  {
    what: 'a rollback that comes when every app is on the fronts, and the quorum not yet, begins with the apps',
    scenario: {
      seed: 521,
      size: 6,
      incidents: [{ kind: 'said', what: 'rollback', at: 'call', nth: 54, seconds: 865.3427774552256 }],
    },
  },
];
