import { scenarioOf } from './incidents';
import { KEPT } from './kept';
import { KNOWN } from './known';
import { sandboxOf } from './play';
import { shrink } from './shrink';
import { simulate } from './simulate';
import type { Sandbox } from './temporal/sandbox';

const SIZE = 6;
/** As many as take half a minute on a busy machine; scripts/simulate plays more. */
const SEEDS = Array.from({ length: 60 }, (_, i) => i + 1);

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await sandboxOf();
});

test('no rule is broken but what is known to be', () => {
  const known = KNOWN.map(({ rule }) => rule);
  for (const seed of SEEDS) {
    const { violations } = simulate(scenarioOf(seed, SIZE), sandbox);
    expect({ seed, violations: violations.filter(({ rule }) => !known.includes(rule)) }).toEqual({
      seed,
      violations: [],
    });
  }
}, 300_000);

test('the same seed goes the same way, in another sandbox and after other seeds', async () => {
  const other = await sandboxOf();
  for (const seed of [3, 6, 15]) {
    const again = simulate(scenarioOf(seed, SIZE), other);
    expect(simulate(scenarioOf(seed, SIZE), sandbox)).toEqual(again);
    expect(again.trace.length).toBeGreaterThan(100);
  }
});

test('thirty nodes on each side', () => {
  const { ended, violations } = simulate({ seed: 7, size: 30, incidents: [] }, sandbox);
  expect({ ended, violations }).toEqual({ ended: 'migrated', violations: [] });
});

test('what was broken once is not broken again', () => {
  for (const { what, scenario } of KEPT) {
    expect({ what, violations: simulate(scenario, sandbox).violations }).toEqual({ what, violations: [] });
  }
});

test('what is known to be broken still is: what is mended belongs into kept.ts', () => {
  for (const { rule, scenario } of KNOWN) {
    const broken = simulate(scenario, sandbox).violations.map((one) => one.rule);
    expect({ rule, broken }).toEqual({ rule, broken: expect.arrayContaining([rule]) });
  }
});

test('a failing scenario is shrunk to what it needs', () => {
  const scenario = scenarioOf(4, SIZE);
  const fault = { kind: 'fault', on: 'drain', nth: 2, does: 'fails', minutes: 1 } as const;
  const whole = { ...scenario, incidents: [...scenario.incidents, fault, ...scenario.incidents] };
  const tried: number[] = [];
  const least = shrink(whole, ({ incidents, size }) => {
    tried.push(incidents.length);
    return size >= 2 && incidents.includes(fault);
  });
  expect(least).toEqual({ seed: 4, size: 2, incidents: [fault] });
  expect(tried.length).toBeLessThan(60);
});
