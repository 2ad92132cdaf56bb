import { awarenessChecks } from '../../../../src/activities/preflight/cluster/awareness';
import { testPlan } from '../../../elasticsearch/world';
import { sidesOf } from './sides';
import { walk } from './walk';

const KEY = 'cluster.routing.allocation.awareness';
const SETTINGS = { persistent: { [`${KEY}.attributes`]: 'rack,zone' }, transient: {}, defaults: {} };
const indexOf = (replicas: number) => ({
  name: 'a',
  open: true,
  settings: { 'index.number_of_shards': '1', 'index.number_of_replicas': String(replicas) },
});
const hosts = (side: 'old' | 'new', count: number) =>
  Array.from({ length: count }, (_, i) => ({
    name: `${side}-${i + 1}`,
    address: `198.18.${side === 'old' ? 1 : 2}.${11 + i}`,
  }));

/** Sides of which each node is two letters: its zone and its rack. */
function worldOf(old: string, fresh: string) {
  const [before, after] = [old.split(' '), fresh.split(' ')];
  const plan = testPlan(hosts('old', before.length), hosts('new', after.length));
  const told = before.map(([zone = '', rack = '']) => ({ 'node.attr.zone': zone, 'node.attr.rack': rack }));
  const files = after.map(([zone = '', rack = '']) => `node.attr.zone: ${zone}\nnode.attr.rack: ${rack}`);
  return { plan, sides: sidesOf(plan, told, files) };
}

function check(old: string, fresh: string, replicas: number) {
  const { plan, sides } = worldOf(old, fresh);
  const checks = awarenessChecks(plan, SETTINGS, [indexOf(replicas)], sides);
  return checks.filter(({ result }) => result !== 'ok');
}

describe('copies that are spread over zones and racks at once', () => {
  it('are let through where both have places for all of them', () => {
    expect(check('a1 b2', 'a1 b2', 1)).toEqual([]);
    expect(check('a1 a2 b3 b4', 'a5 a6 b7 b8', 1)).toEqual([]);
  });

  it('are refused where each by itself has places and both together have not', () => {
    // Three copies, two of a zone and one of a rack: zone a has only one rack for two of them, and b has room for one more.
    const both = check('a1 a2 b3 b4', 'a1 a1 b3 b3', 2);
    expect(both).toMatchObject([
      {
        ...{ name: 'awareness', subject: 'a', result: 'failed', waivable: false },
        seen: expect.stringContaining('have places for 2'),
        remedy: expect.stringContaining('indices."a".replicas: 1'),
      },
    ]);
  });

  it('may be let through by a person where racks lie across zones and a copy might find none', () => {
    const across = check('a1 b2', 'a1 a2 b1', 1);
    expect(across).toMatchObject([{ name: 'awareness', result: 'failed', waivable: true }]);
  });

  it('find their places, there and back, wherever they are let through', () => {
    const layouts = ['a1 b2', 'a1 a2', 'a1 b1', 'a1 a1 b2', 'a1 a2 b3', 'a1 a1 b2 b2', 'a1 a2 b3 b4', 'c5 d6'].concat([
      'c5 c5 d6',
      'c5 c6 d7 d8',
      'a3 b4',
      'a1 b1 a2 b2',
      'a1 b2 c3',
      'c1 d2',
      'a1 a2 b1',
      'a1 a2 a3 b1 b2 b3',
    ]);
    const seen = { through: 0, refused: 0, mayBe: 0, notStuck: 0 };
    for (const old of layouts) {
      for (const fresh of layouts) {
        for (const replicas of [1, 2]) {
          const { sides } = worldOf(old, fresh);
          const [worst] = check(old, fresh, replicas);
          let left: string[];
          try {
            left = walk(sides, indexOf(replicas), SETTINGS);
          } catch {
            continue;
          }
          if (!worst) expect({ old, fresh, replicas, left }).toMatchObject({ left: [] });
          seen[worst === undefined ? 'through' : worst.waivable ? 'mayBe' : 'refused'] += 1;
          if (worst?.waivable === false && left.length === 0) seen.notStuck += 1;
        }
      }
    }
    expect(seen).toMatchObject({ notStuck: 0 });
    expect(Math.min(seen.through, seen.refused, seen.mayBe)).toBeGreaterThan(20);
  });
});
