import * as lies from '../../../support/cluster/lies';
import type { Beforehand } from '../../../support/cluster/beforehand';
import { simulatedWorld } from '../../../support/cluster/world';
import { notWell, worldBefore } from './looked';

afterEach(() => jest.restoreAllMocks());

const address = (side: string, i: number) => ({
  name: `${side}-${i}`,
  address: `198.18.${side === 'old' ? 1 : 2}.1${i}`,
});

/** A move of three old nodes to so many new ones whose own files say this. */
function world(fresh: string[], set: (cluster: Beforehand) => void) {
  const { hosts } = simulatedWorld('back').plan;
  const plan = {
    hosts: {
      ...{ hub: hosts.hub, apps: hosts.apps },
      old: [1, 2, 3].map((i) => address('old', i)),
      new: fresh.map((_, i) => address('new', i + 1)),
    },
  };
  const made = worldBefore({ plan }, fresh);
  set(made.cluster.beforehand);
  return made;
}

/** What is not well of templates and policies. */
async function found(fresh: string[], set: (cluster: Beforehand) => void) {
  const checks = await notWell(world(fresh, set));
  return checks.filter(({ name }) => ['templates', 'lifecycle-phases'].includes(name));
}

const settings = (index: object) => ({ settings: { index } });
const made = (patterns: string[], index: object, more: object = {}) => ({
  ...{ index_patterns: patterns, composed_of: [] as string[], template: settings(index) },
  ...more,
});
const TWO = { number_of_replicas: '2' };
const BOX = (box: string) => ({ routing: { allocation: { require: { box } } } });

describe('templates', () => {
  const look = (
    fresh: string[],
    templates: Record<string, object>,
    set: (cluster: Beforehand) => void = () => undefined,
  ) =>
    found(fresh, (cluster) => {
      Object.assign(cluster.templates, templates);
      set(cluster);
    });

  test('nothing is found of those that fit', async () => {
    const fits = {
      plain: made(['a*'], {}),
      three: made(['b*'], TWO),
      grows: made(['c*'], { auto_expand_replicas: '0-5' }),
    };
    expect(await look(['', '', ''], fits)).toEqual([]);
  });

  test('one that asks for more copies than there are new nodes is told by name, with the number that fits', async () => {
    expect(await look(['', ''], { orders: made(['orders-*'], TWO) })).toEqual([
      {
        ...{ name: 'templates', subject: 'orders', result: 'failed', waivable: true },
        seen: 'an index made from it has 3 copies of each shard; there are 2 new nodes that may hold them',
        remedy: expect.stringContaining('set number_of_replicas in the template or its components to 1') as unknown,
      },
    ]);
  });

  test('one that does not say how many has one replica', async () => {
    expect(await look([''], { orders: made(['orders-*'], {}) })).toMatchObject([{ subject: 'orders' }]);
    expect(await look([''], { orders: made(['orders-*'], { number_of_replicas: '0' }) })).toEqual([]);
  });

  test('new nodes that hold no data are no room', async () => {
    const lead = 'node.roles: [master]';
    expect(await look(['', '', lead], { orders: made(['orders-*'], TWO) })).toMatchObject([{ subject: 'orders' }]);
  });

  test('component templates count in their order, and the template itself last', async () => {
    const of = (parts: string[], index: object) => made(['x*'], index, { composed_of: parts });
    const set = ({ components }: Beforehand) =>
      Object.assign(components, {
        two: { template: settings(TWO) },
        none: { template: settings({ number_of_replicas: '0' }) },
        maps: {},
      });
    const subjects = async (template: object) =>
      (await look(['', ''], { x: template }, set)).map(({ subject }) => subject);
    expect(await subjects(of(['none', 'two', 'maps', 'missing'], {}))).toEqual(['x']);
    expect(await subjects(of(['two', 'none'], {}))).toEqual([]);
    expect(await subjects(of(['two'], { number_of_replicas: '1' }))).toEqual([]);
  });

  test('legacy ones are told too, unless composable ones match whatever they match', async () => {
    const legacy = ({ legacyTemplates }: Beforehand) =>
      Object.assign(legacyTemplates, { old: { order: 0, index_patterns: ['old-*', 'x'], ...settings(TWO) } });
    expect(await look(['', ''], {}, legacy)).toMatchObject([
      { subject: 'old', remedy: expect.stringContaining('_template/old') },
    ]);
    expect(await look(['', ''], { some: made(['ol*'], {}) }, legacy)).toMatchObject([{ subject: 'old' }]);
    expect(await look(['', ''], { all: made(['ol*', 'x'], {}) }, legacy)).toEqual([]);
  });

  test('one that a higher priority hides for each name does not count', async () => {
    const hidden = { low: made(['logs-a-*'], TWO, { priority: 5 }), high: made(['logs-*'], {}, { priority: 10 }) };
    expect(await look(['', ''], hidden)).toEqual([]);
    expect(await look(['', ''], { ...hidden, high: made(['logs-*'], {}, { priority: 5 }) })).toMatchObject([
      { subject: 'low' },
    ]);
    expect(await look(['', ''], { ...hidden, high: made(['logs-a'], {}, { priority: 10 }) })).toMatchObject([
      { subject: 'low' },
    ]);
  });

  test('places under total_shards_per_node are counted', async () => {
    const tight = { number_of_shards: '3', routing: { allocation: { total_shards_per_node: '2' } } };
    expect(await look(['', ''], { tight: made(['t*'], tight) })).toMatchObject([
      { subject: 'tight', seen: expect.stringContaining('total_shards_per_node 2') },
    ]);
    expect(await look(['', '', ''], { tight: made(['t*'], tight) })).toEqual([]);
  });

  test('a data stream asks for hot nodes, and any other index for ones of content', async () => {
    const content = ['node.roles: [master, data_content]', 'node.roles: [master, data_content]'];
    const templates = { plain: made(['a*'], {}), stream: made(['b*'], {}, { data_stream: { hidden: false } }) };
    expect(await look(content, templates)).toMatchObject([
      { subject: 'stream', seen: expect.stringContaining('data_hot') },
    ]);
  });

  test('a filter that lets in no new node is told by what it asks for', async () => {
    const box = ({ told, templates }: Beforehand) => {
      for (const name of ['old-1', 'old-2', 'old-3']) told[name] = { 'node.attr.box': 'warm' };
      templates['warm'] = made(['w*'], BOX('warm'));
    };
    expect(await found(['', ''], box)).toMatchObject([
      {
        name: 'templates',
        subject: 'warm',
        seen: expect.stringContaining('index.routing.allocation.require.box: warm'),
      },
    ]);
    expect(await found(['node.attr.box: warm', ''], box)).toMatchObject([
      { seen: expect.stringContaining('there are 1 new') },
    ]);
    expect(await found(['node.attr.box: warm', 'node.attr.box: warm'], box)).toEqual([]);
  });

  test('what neither side could hold alone is said once, and holds nothing up', async () => {
    const four = { number_of_replicas: '3' };
    const templates = {
      a: made(['a*'], four),
      b: made(['b*'], four),
      never: made(['c*'], { number_of_replicas: '9' }),
    };
    expect(await look(['', ''], templates)).toMatchObject([
      { name: 'templates', subject: '', result: 'warn', seen: expect.stringMatching(/^a and b ask/) },
    ]);
  });
});

describe('later phases of a policy', () => {
  const policy = (phases: Record<string, object>) => ({
    version: 1,
    policy: {
      phases: Object.fromEntries(
        Object.entries(phases).map(([name, actions]) => [name, { min_age: '1d', actions }] as const),
      ),
    },
  });
  const empty = { include: {}, exclude: {}, require: {} };
  const look = (fresh: string[], phases: Record<string, object>, told: Record<string, string> = {}) =>
    found(fresh, (cluster) => {
      cluster.policies['logs'] = policy(phases);
      for (const name of ['old-1', 'old-2', 'old-3']) cluster.told[name] = told;
    });

  test('nothing is found of those that fit', async () => {
    const phases = {
      hot: { rollover: {} },
      warm: { allocate: { ...empty, number_of_replicas: 1 } },
      cold: { readonly: {} },
      delete: {},
    };
    expect(await look(['', ''], phases)).toEqual([]);
  });

  test('one that asks for more copies than there are new nodes is told by policy and phase', async () => {
    expect(await look(['', ''], { warm: { allocate: { ...empty, number_of_replicas: 2 } } })).toMatchObject([
      {
        ...{ name: 'lifecycle-phases', subject: 'logs', result: 'failed', waivable: true },
        seen: expect.stringMatching(/phase warm has 3 copies/),
        remedy: expect.stringContaining('phase warm of the policy'),
      },
    ]);
  });

  test.each([
    ['require', { require: { box: 'warm' } }, true],
    ['include', { include: { box: 'warm,cold' } }, true],
    ['exclude', { exclude: { box: 'hot' } }, true],
    ['a rule that fits', { exclude: { box: 'cold' } }, false],
  ])('a filter (%s) is held against each new node', async (_what, rule, isWrong) => {
    const cold = ['node.attr.box: hot', 'node.attr.box: hot'];
    const checks = await look(cold, { cold: { allocate: { ...empty, ...rule } } }, { 'node.attr.box': 'warm' });
    expect(checks.map(({ subject }) => subject)).toEqual(isWrong ? ['logs'] : []);
  });

  test('an index is moved to the tier of its phase, unless the policy says no', async () => {
    const content = ['node.roles: [master, data_content]', 'node.roles: [master, data_content]'];
    expect(await look(content, { warm: { forcemerge: {} } })).toMatchObject([
      { subject: 'logs', seen: expect.stringContaining('data_warm,data_hot') },
    ]);
    expect(await look(content, { warm: { migrate: { enabled: false } } })).toEqual([]);
    const one = ['node.roles: [master, data_hot, data_content]', 'node.roles: [data_warm]'];
    expect(await look(one, { warm: { allocate: { ...empty, number_of_replicas: 1 } } })).toMatchObject([
      { subject: 'logs', seen: expect.stringContaining('there are 1 new nodes') },
    ]);
    expect(await look(one, { frozen: { searchable_snapshot: {} } })).toMatchObject([
      { subject: 'logs', seen: expect.stringContaining('data_frozen') },
    ]);
  });
});

test('a cluster without lifecycle management has no phases', async () => {
  const one = world(['', '', ''], () => undefined);
  one.cluster.tell(lies.about(/^\/_ilm\/policy$/, lies.status(400)));
  expect(await notWell(one)).toEqual([]);
});

test.each(['_component_template', '_index_template', '_template', '_ilm/policy'])(
  'without an answer to %s nothing is well',
  async (path) => {
    for (const lie of [lies.status(503), lies.status(403), lies.html, lies.lost]) {
      const one = world(['', ''], () => undefined);
      one.cluster.tell(lies.about(new RegExp(`^/${path}$`), lie));
      expect(await notWell(one)).toContainEqual(
        expect.objectContaining({ name: 'templates', subject: '', result: 'failed' }),
      );
    }
  },
);
