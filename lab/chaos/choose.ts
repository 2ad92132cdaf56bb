import { Dice } from './dice';
import type { ChaosResult } from './result';
import type { ChaosScenario } from './scenario';

/**
 * The scenarios that were asked for, in the order of the list.
 * @throws Error that lists the names there are
 */
export function byName(scenarios: readonly ChaosScenario[], names: readonly string[]): ChaosScenario[] {
  for (const name of names) {
    if (!scenarios.some((scenario) => scenario.name === name)) {
      throw new Error(`there is no scenario "${name}"; there are: ${scenarios.map((each) => each.name).join(', ')}`);
    }
  }
  return scenarios.filter(({ name }) => names.includes(name));
}

/** Those whose last run, of all that were published, kept every promise. */
export function proven(
  scenarios: readonly ChaosScenario[],
  published: readonly Pick<ChaosResult, 'scenario' | 'ok'>[],
): ChaosScenario[] {
  const last = new Map(published.map(({ scenario, ok }) => [scenario, ok]));
  return scenarios.filter(({ name }) => last.get(name) === true);
}

/** As many scenarios as fit into so many minutes, another choice with another seed; the shortest where none fits. */
export function byMinutes(scenarios: readonly ChaosScenario[], minutes: number, seed: number): ChaosScenario[] {
  const chosen: ChaosScenario[] = [];
  let left = minutes;
  for (const scenario of new Dice(seed).shuffle(scenarios)) {
    if (scenario.minutes > left) continue;
    chosen.push(scenario);
    left -= scenario.minutes;
  }
  return chosen.length > 0 ? chosen : [...scenarios].sort((a, b) => a.minutes - b.minutes).slice(0, 1);
}
