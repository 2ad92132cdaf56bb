import type { Incident, Scenario } from './incidents';
import type { Rule } from './rules';

/**
 * The smallest scenario that still breaks a rule: fewer nodes, then fewer incidents (delta debugging after Zeller and
 * Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002), then each message at once.
 * @param breaks plays a scenario and says whether it breaks the rule
 */
export function shrink(scenario: Scenario, breaks: (scenario: Scenario) => boolean): Scenario {
  let best = scenario;
  for (let size = 1; size < best.size; size += 1) {
    const smaller = { ...best, size };
    if (breaks(smaller)) best = smaller;
  }
  best = { ...best, incidents: fewer(best.incidents, (incidents) => breaks({ ...best, incidents })) };
  for (const i of best.incidents.keys()) {
    const incidents = best.incidents.map((one, j) => (i === j && one.kind === 'said' ? { ...one, seconds: 0 } : one));
    if (breaks({ ...best, incidents })) best = { ...best, incidents };
  }
  return best;
}

function fewer(all: Incident[], breaks: (incidents: Incident[]) => boolean): Incident[] {
  let kept = all;
  for (let size = kept.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < kept.length;) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (breaks(rest)) kept = rest;
      else from += size;
    }
  }
  return kept;
}

/** A scenario as a test that can be kept. */
export function asTest(rule: Rule, scenario: Scenario): string {
  const incidents = scenario.incidents.map((incident) => `      ${JSON.stringify(incident)},`);
  return [
    `test('${rule}, found by seed ${scenario.seed}', () => {`,
    '  const scenario: Scenario = {',
    `    seed: ${scenario.seed},`,
    `    size: ${scenario.size},`,
    ...(incidents.length > 0 ? ['    incidents: [', ...incidents, '    ],'] : ['    incidents: [],']),
    '  };',
    '  expect(simulate(scenario, sandbox).violations).toEqual([]);',
    '});',
  ].join('\n');
}
