import { awarenessChecks } from '../../../../src/activities/preflight/cluster/awareness';
import { testPlan } from '../../../elasticsearch/world';
import { sidesOf } from './sides';
import { walk } from './walk';

const KEY = 'cluster.routing.allocation.awareness';
const hosts = (side: 'old' | 'new', count: number) =>
  Array.from({ length: count }, (_, i) => ({
    name: `${side}-${i + 1}`,
    address: `198.18.${side === 'old' ? 1 : 2}.${11 + i}`,
  }));
const settingsOf = (more: Record<string, string> = {}) => ({
  persistent: { [`${KEY}.attributes`]: 'zone', ...more },
  ...{ transient: {}, defaults: {} },
});
const index = (name: string, replicas: number, more: Record<string, string> = {}) => ({
  name,
  open: true,
  settings: { 'index.number_of_shards': '1', 'index.number_of_replicas': String(replicas), ...more },
});
const wrong = (checks: { result: string }[]) => checks.filter(({ result }) => result !== 'ok');
const file = (zone: string) => (zone === '' ? '' : `node.attr.zone: ${zone}`);

/** Zones of each node of both sides, one letter each; `-` for none. */
function worldOf(old: string, fresh: string, indices: { replicas?: number } = {}) {
  const more = indices.replicas === undefined ? {} : { indices: { a: { replicas: indices.replicas } } };
  const plan = testPlan(hosts('old', old.length), hosts('new', fresh.length), more);
  const zones = (text: string) => [...text].map((zone) => (zone === '-' ? '' : zone));
  const told = zones(old).map((zone): Record<string, string> => (zone === '' ? {} : { 'node.attr.zone': zone }));
  return { plan, sides: sidesOf(plan, told, zones(fresh).map(file)) };
}

function check(old: string, fresh: string, replicas: number, more = {}, planned: { replicas?: number } = {}) {
  const { plan, sides } = worldOf(old, fresh, planned);
  return wrong(awarenessChecks(plan, settingsOf(more), [index('a', replicas)], sides));
}

describe('allocation awareness', () => {
  it('refuses new nodes without the attribute, and says which values are best', () => {
    expect(check('ab', 'a-', 1)).toMatchObject([
      {
        ...{ name: 'awareness', subject: 'zone', result: 'failed', waivable: false },
        seen: expect.stringContaining('none on new-2'),
        remedy: expect.stringContaining('(a and b)'),
      },
    ]);
  });

  it.each([
    ['ab', 'ab', 1],
    ['ab', 'cde', 1],
    ['aabb', 'aabbcc', 1],
    ['abc', 'abc', 2],
    ['ab', 'cd', 0],
    ['aaabbb', 'ab', 1],
  ])('lets %s go to %s with %i replicas', (old, fresh, replicas) => expect(check(old, fresh, replicas)).toEqual([]));

  it.each([
    ['ab', 'cc', 1, 'could not leave'],
    ['aa', 'bb', 1, 'could not leave'],
    ['abc', 'dd', 2, 'could not leave'],
    ['aaaabbbb', 'cdef', 3, 'no way back'],
    ['aabb', 'cdefg', 2, 'no way back'],
  ])('refuses %s to %s with %i replicas: they %s', (old, fresh, replicas, seen) =>
    expect(check(old, fresh, replicas)).toMatchObject([
      { name: 'awareness', subject: 'a', waivable: false, seen: expect.stringContaining(seen) },
    ]),
  );

  it('counts values that are forced, and warns of those that are left behind', () => {
    const forced = (values: string) => ({ [`${KEY}.force.zone.values`]: values });
    expect(check('aabb', 'aabb', 3)).toEqual([]);
    expect(check('aabb', 'aabb', 3, forced('a,b,c,d'))).toMatchObject([
      { result: 'failed' },
      { result: 'warn', seen: expect.stringContaining('has c and d') },
    ]);
    expect(check('ab', 'cd', 1, forced('a,b'))).toMatchObject([
      { result: 'warn', seen: expect.stringContaining('has a and b'), remedy: expect.stringContaining('to c,d') },
    ]);
  });

  it('counts the replicas that the plan gives, and passes over an index that is everywhere', () => {
    expect(check('ab', 'cc', 1, {}, { replicas: 0 })).toEqual([]);
    const { plan, sides } = worldOf('ab', 'cc');
    const everywhere = index('a', 1, { 'index.auto_expand_replicas': '0-all' });
    expect(wrong(awarenessChecks(plan, settingsOf(), [everywhere], sides))).toEqual([]);
  });

  it('tells indices with the same trouble together', () => {
    const { plan, sides } = worldOf('ab', 'cc');
    const many = ['a', 'b', 'c'].map((name) => index(name, 1));
    expect(wrong(awarenessChecks(plan, settingsOf(), many, sides))).toMatchObject([
      { subject: 'a, b and c', remedy: expect.stringContaining('indices."c".replicas: 0 in the plan') },
    ]);
  });
});

it('what it lets through finds its places, there and back; what it refuses does not', () => {
  const sides = ['a', 'aa', 'ab', 'aabb', 'abc', 'aabbcc', 'c', 'cc', 'cd', 'ccdd', 'cde', 'cdef', 'abcd', 'bc'];
  const seen = { through: 0, refused: 0, stuck: 0 };
  for (const old of sides) {
    for (const fresh of sides) {
      for (const replicas of [1, 2, 3].filter((count) => count < Math.min(old.length, fresh.length))) {
        const left = walk(worldOf(old, fresh).sides, index('a', replicas), settingsOf());
        const isRefused = check(old, fresh, replicas).length > 0;
        if (!isRefused) expect({ old, fresh, replicas, left }).toMatchObject({ left: [] });
        seen[isRefused ? 'refused' : 'through'] += 1;
        if (isRefused && left.length > 0) seen.stuck += 1;
      }
    }
  }
  expect(seen.through).toBeGreaterThan(50);
  expect(seen.refused).toBeGreaterThan(50);
  expect(seen.stuck).toBe(seen.refused);
});
