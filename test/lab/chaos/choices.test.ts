import { byMinutes, byName, proven } from '../../../lab/chaos/choose';
import { Dice, seedOf } from '../../../lab/chaos/dice';
import { SCENARIOS } from '../../../lab/chaos/scenarios';

describe('dice', () => {
  const rolls = (seed: number) =>
    Array.from({ length: 50 }, () => new Dice(seed)).map((dice) => dice.between(1, 1_000));

  it('fall the same with the same seed', () => {
    expect(new Set(rolls(7)).size).toBe(1);
    expect(rolls(7)[0]).not.toBe(rolls(8)[0]);
  });

  it('stay between their bounds and meet both', () => {
    const dice = new Dice(1);
    const seen = new Set(Array.from({ length: 200 }, () => dice.between(3, 5)));
    expect([...seen].sort()).toEqual([3, 4, 5]);
  });

  it('choose some in the order in which they stand, and shuffle without losing one', () => {
    const letters = [...'abcdefgh'];
    for (let seed = 0; seed < 20; seed++) {
      const some = new Dice(seed).some(letters, 3);
      expect(some).toHaveLength(3);
      expect(some).toEqual([...some].sort());
      expect([...new Dice(seed).shuffle(letters)].sort()).toEqual(letters);
    }
  });

  it('have another seed for each scenario', () => {
    expect(seedOf(1, 'one')).not.toBe(seedOf(1, 'two'));
    expect(seedOf(1, 'one')).not.toBe(seedOf(2, 'one'));
  });
});

describe('the choice of scenarios', () => {
  it('by name keeps the order of the list and refuses what there is not', () => {
    const names = SCENARIOS.slice(0, 3).map(({ name }) => name);
    expect(byName(SCENARIOS, [...names].reverse()).map(({ name }) => name)).toEqual(names);
    expect(() => byName(SCENARIOS, ['worker-kiled'])).toThrow('there is no scenario "worker-kiled"; there are: ');
  });

  it('of what is proven leaves out what was never published, and what broke a promise last', () => {
    const run = (scenario: string, ok: boolean) => ({ scenario, ok });
    const published = [run('front-killed', false), run('front-killed', true), run('storm', true), run('storm', false)];
    expect(proven(SCENARIOS, published).map(({ name }) => name)).toEqual(['front-killed']);
  });

  it('by minutes fits, is the same with the same seed, and meets every scenario that is short enough over time', () => {
    const met = new Set<string>();
    for (let seed = 0; seed < 400; seed++) {
      const chosen = byMinutes(SCENARIOS, 15, seed);
      expect(chosen.reduce((sum, { minutes }) => sum + minutes, 0)).toBeLessThanOrEqual(15);
      chosen.forEach(({ name }) => met.add(name));
    }
    expect(met.size).toBe(SCENARIOS.filter(({ minutes }) => minutes <= 15).length);
    expect(byMinutes(SCENARIOS, 15, 3)).toEqual(byMinutes(SCENARIOS, 15, 3));
    const shortest = Math.min(...SCENARIOS.map(({ minutes }) => minutes));
    expect(byMinutes(SCENARIOS, 1, 3)).toEqual([SCENARIOS.find(({ minutes }) => minutes === shortest)]);
  });
});

describe('the scenarios', () => {
  it('have names of their own, in kebab-case, and say what they do and where', () => {
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
    for (const { name, about, strikes, minutes } of SCENARIOS) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect([about, strikes].every((words) => words.length > 5)).toBe(true);
      expect(minutes).toBeGreaterThan(0);
    }
  });
});
