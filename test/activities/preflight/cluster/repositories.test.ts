import { repositoryChecks } from '../../../../src/activities/preflight/cluster/repositories';
import type { Repository } from '../../../../src/elasticsearch/looks/repositories';
import { testPlan } from '../../../elasticsearch/world';
import { notWell, worldBefore } from './looked';
import { newHost, sidesOf } from './sides';

const PLAN = testPlan(
  [{ name: 'old-1', address: '198.18.1.11' }],
  [1, 2].map((i) => ({ name: `new-${i}`, address: `198.18.2.1${i}` })),
);
const plugin = (name: string) => ({ version: '7.17.28', plugins: [{ name, version: '7.17.28' }] });
/** @param files of the two new hosts @param plugins of each, none where it is not said */
const look = (one: Partial<Repository>, files: string[] = [], plugins: string[] = []) =>
  repositoryChecks(
    [{ name: 'backups', type: 'fs', ...one }],
    sidesOf(PLAN, [], files).fresh,
    [0, 1].map((i) => newHost(`new-${i + 1}`, '', plugin(plugins[i] ?? 'other'))),
  );

describe('a folder', () => {
  it.each([
    ['/mnt/backups', 'path.repo: /mnt/backups'],
    ['/mnt/backups/a', 'path.repo: ["/srv", "/mnt/backups/"]'],
    ['/mnt/backups/..a', 'path.repo: /mnt/backups'],
    ['a/b', 'path.repo: /mnt/backups'],
  ])('%s is let in by %s, and told, since it has to be shared', (location, file) => {
    expect(look({ location }, [file, file])).toMatchObject([
      {
        ...{ name: 'repositories', subject: 'backups', result: 'warn' },
        seen: expect.stringContaining(`${location}, which has to be one file system`),
      },
    ]);
  });

  it.each([
    ['/mnt/backups', ''],
    ['/mnt/backups', 'path.repo: /mnt/back'],
    ['/mnt/backups/../other', 'path.repo: /mnt/backups'],
    ['../other', 'path.repo: /mnt/backups'],
    ['a', ''],
  ])('%s is not let in by "%s", and refused by name', (location, file) => {
    expect(look({ location }, ['path.repo: /', file])).toMatchObject([
      {
        ...{ name: 'repositories', subject: 'backups', result: 'failed', waivable: true },
        seen: expect.stringMatching(/path\.repo does not let in on new-2:/),
        remedy: expect.stringContaining('waive repositories:backups'),
      },
    ]);
  });

  it('is asked only of nodes that lead or hold data', () => {
    const file = 'path.repo: /mnt';
    expect(look({ location: '/mnt/a' }, [file, 'node.roles: [ingest]'])).toMatchObject([{ result: 'warn' }]);
  });
});

describe('a store', () => {
  it('of a type whose plugin is missing is refused by name, with what to install', () => {
    for (const type of ['s3', 'gcs', 'azure', 'hdfs']) {
      expect(look({ type }, [], [`repository-${type}`])).toMatchObject([
        {
          ...{ subject: 'backups', result: 'failed', waivable: true },
          seen: expect.stringContaining(`no repository-${type} on new-2`),
          remedy: expect.stringContaining(`elasticsearch-plugin install repository-${type}`),
        },
      ]);
    }
  });

  it('is told with the entries that its client needs', () => {
    const both = ['repository-s3', 'repository-s3'];
    expect(look({ type: 's3', client: 'cold' }, [], both)).toMatchObject([
      { result: 'warn', seen: expect.stringContaining('s3.client.cold.*') },
    ]);
    expect(look({ type: 's3' }, [], both)[0]?.seen).toContain('s3.client.default.*');
    expect(look({ type: 'url' })).toMatchObject([{ result: 'warn', seen: expect.stringContaining('type url') }]);
  });
});

it('are looked at in preflight, and nothing is asked of them but what they need', async () => {
  const world = worldBefore();
  Object.assign(world.cluster.beforehand.repositories, {
    backups: { type: 'source', settings: { delegate_type: 'fs', location: '/mnt/backups', compress: 'true' } },
    cold: { type: 'odd', settings: { secret: 'hunter2' } },
  });
  const found = await notWell(world);
  expect(found).toMatchObject([
    { name: 'repositories', subject: 'backups', result: 'failed' },
    { name: 'repositories', subject: 'cold', result: 'warn' },
  ]);
  expect(JSON.stringify(found)).not.toContain('hunter2');
});
