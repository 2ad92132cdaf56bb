import { ApplicationFailure } from '@temporalio/common';
import { createAppActivities } from '../../../src/activities/switch/activities';
import { connectionsScript } from '../../../src/activities/switch/connections';
import { checkOnce } from '../../../src/activities/switch/steps';
import { FAILURES } from '../../../src/contract/failures';
import { readFileScript } from '../../../src/hosts/read-file';
import type { Bad } from '../../support/cluster/bad';
import { away } from '../../support/cluster/left';
import { simulatedWorld, type World } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

const FILE = '/etc/shop/config.yaml';
const says = (
  host: string,
  script: (world: World) => string,
  said: { code?: number | null; stdout?: string },
): Bad[1] => {
  return (world) => world.hosts.tell((asked, one) => (asked === host && one === script(world) ? said : undefined));
};
const check = (index: number) => (world: World) => {
  const app = world.plan.hosts.apps[index];
  return app ? checkOnce(app) : '';
};
const connections = ({ plan }: World) => connectionsScript([plan.elasticsearch.httpPort]);

describe('proveSwitched', () => {
  test('holds when the apps use the fronts only and nobody is connected to an old node', async () => {
    const { deps } = simulatedWorld('switched');
    await expect(createAppActivities(deps).proveSwitched()).resolves.toMatchObject({ facts: { apps: 3, oldNodes: 2 } });
  });

  const line = (peer: string) => ({ stdout: `0 0 198.18.1.12:9200 ${peer}\n` });
  const bad: Bad[] = [
    ['a file that names an old node', ({ hosts }) => hosts.files.set('app-2', 'a: {b: ["http://198.18.1.12:9200"]}\n')],
    ['an app without its file', ({ hosts }) => hosts.files.delete('app-2')],
    ['an app whose check fails', says('app-3', check(2), { code: 1 })],
    ['an app whose check hangs', says('app-3', check(2), { code: 124 })],
    ['an app whose check could not end', says('app-3', check(2), { code: null })],
    ['a client on an old node', says('old-2', connections, line('198.18.1.203:4711'))],
    ['a client by IPv6', says('old-2', connections, line('[::ffff:198.18.1.203]:4711'))],
    ['a line of ss that is not understood', says('old-2', connections, { stdout: '0 0 198.18.1.12:9200\n' })],
    ['ss that fails', says('old-2', connections, { code: 1 })],
    ['ss that could not end', says('old-2', connections, { code: null })],
    ['an app host that is away', (world) => away(world, 'app-1')],
    ['an old host that is away', (world) => away(world, 'old-1')],
  ];
  test.each(bad)('does not hold with %s', async (_what, change) => {
    const world = simulatedWorld('switched');
    change(world);
    await expect(createAppActivities(world.deps).proveSwitched()).rejects.toThrow();
    expect(world.touched()).toEqual([]);
  });

  test('waits for connections that go by themselves', async () => {
    const world = simulatedWorld('switched');
    let looks = 0;
    world.hosts.tell((host, script) =>
      host === 'old-2' && script === connections(world) && (looks += 1) < 3 ? line('198.18.1.203:4711') : undefined,
    );
    await createAppActivities(world.deps).proveSwitched();
    expect(looks).toBe(3);
  });
});

describe('switchApp', () => {
  test('applies one step, on the host of the app', async () => {
    const world = simulatedWorld('replicated');
    await createAppActivities(world.deps).switchApp({ host: 'app-1' });
    expect(world.touched()).toEqual(['app-1: app-switch']);
  });

  const bad: Bad[] = [
    ['an app without its file', ({ hosts }) => hosts.files.delete('app-1')],
    ['a file that can not be read', says('app-1', () => readFileScript(FILE), { code: 1 })],
    ['a file whose end was not heard', says('app-1', () => readFileScript(FILE), { code: null, stdout: 'ZWxhc3Rp' })],
    ['a file that is no yaml', ({ hosts }) => hosts.files.set('app-1', 'a: [b\n')],
    ['a file that names an old node elsewhere too', ({ hosts }) => elsewhere(hosts)],
    ['a host that is away', (world) => away(world, 'app-1')],
    [
      'a password that is not known',
      ({ deps }) => {
        deps.secrets.resolve = async () => {
          throw new Error('there is no such secret');
        };
      },
    ],
  ];
  const elsewhere = (hosts: World['hosts']) =>
    hosts.files.set('app-1', 'elasticsearch: {nodes: [x]}\nsearch: {url: "http://198.18.1.11:9200"}\n');
  test.each(bad)('with %s nothing is touched', async (_what, change) => {
    const world = simulatedWorld('replicated');
    change(world);
    await expect(createAppActivities(world.deps).switchApp({ host: 'app-1' })).rejects.toThrow();
    expect(world.touched()).toEqual([]);
  });

  test('is taken back only where the host said that it failed', async () => {
    const world = simulatedWorld('replicated');
    const failing = (type: string) => {
      world.hosts.onStep = () => {
        throw ApplicationFailure.retryable('no', type);
      };
      return createAppActivities(world.deps).switchApp({ host: 'app-1' });
    };
    await expect(failing('HostUnreachable')).rejects.toMatchObject({ type: 'HostUnreachable' });
    expect(world.touched()).toEqual(['app-1: app-switch']);
    await expect(failing(FAILURES.STEP_FAILED)).rejects.toMatchObject({ type: FAILURES.APP_RETURNED });
    expect(world.touched()).toEqual(['app-1: app-switch', 'app-1: app-switch', 'app-1: undo']);
  });
});
