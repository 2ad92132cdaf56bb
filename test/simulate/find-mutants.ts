import { scenarioOf } from './incidents';
import { MUTANTS } from './mutants';
import { sandboxOf } from './play';
import { simulate } from './simulate';
import type { Sandbox } from './temporal/sandbox';

/**
 * Puts one deliberate fault after the other into the workflows, and plays seeds until it shows as a broken rule that the
 * sound workflows keep. Says of each at which seed.
 * @param size most nodes on each side
 * @returns exit code: 0 when each was found
 */
export async function findMutants(seeds: number[], size: number): Promise<number> {
  const sound = await sandboxOf();
  let missed = 0;
  for (const { what, shows, ...replacement } of MUTANTS) {
    const faulty = await sandboxOf([replacement]);
    const brokenIn = (seed: number, sandbox: Sandbox) =>
      simulate(scenarioOf(seed, size), sandbox).violations.some(({ rule }) => shows.includes(rule));
    const found = seeds.find((seed) => brokenIn(seed, faulty) && !brokenIn(seed, sound));
    if (found === undefined) missed += 1;
    console.log(found === undefined ? `MISSED  ${what}` : `found   ${what}: seed ${found}`);
  }
  console.log(`${MUTANTS.length - missed} of ${MUTANTS.length} found.`);
  return missed === 0 ? 0 : 1;
}
