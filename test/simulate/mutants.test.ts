import { scenarioOf } from './incidents';
import { MUTANTS } from './mutants';
import { sandboxOf } from './play';
import { simulate } from './simulate';
import type { Sandbox } from './temporal/sandbox';

const SIZE = 6;
/** Seeds within which each must be found. */
const MOST = 2000;

let clean: Sandbox;
beforeAll(async () => {
  clean = await sandboxOf();
});

test.each(MUTANTS)(
  '$what is found',
  async ({ shows, ...replacement }) => {
    const faulty = await sandboxOf([replacement]);
    const brokenIn = (seed: number, sandbox: Sandbox) =>
      simulate(scenarioOf(seed, SIZE), sandbox).violations.filter(({ rule }) => shows.includes(rule));
    let seed = 1;
    while (seed <= MOST && (brokenIn(seed, faulty).length === 0 || brokenIn(seed, clean).length > 0)) seed += 1;
    expect(seed).toBeLessThanOrEqual(MOST);
  },
  900_000,
);
