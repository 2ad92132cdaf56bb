import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { dataFoldersStep, holdsNoShard } from '../../../src/activities/nodes/data-folders';
import { parsePlan } from '../../../src/plan/parse';
import { useSshd } from '../../hosts/ssh/sshd';
import { minimalPlan } from '../../plan/minimal';

jest.setTimeout(60_000);

const world = useSshd();
const { old: host, path } = world;

/** Notes the folders, lets a node write into them, takes the note back. @returns what is left in each */
async function firstTry(folders: string[], write: () => void): Promise<(string[] | undefined)[]> {
  const plan = minimalPlan();
  plan.elasticsearch.newNodeSettings = { 'path.data': folders };
  const step = dataFoldersStep(parsePlan(plan));
  expect(await world.hosts.apply(host(), step)).toMatchObject({ changed: true });
  write();
  // A start that is tried again must not take what the node wrote for what was there before.
  expect(await world.hosts.apply(host(), step)).toMatchObject({ changed: true });
  await world.hosts.undo(host());
  return folders.map((folder) => (existsSync(folder) ? readdirSync(folder) : undefined));
}

/** What a node of 7.x, or of 8.x, leaves where it held no shard. */
function nodeRan(folder: string, above = ''): void {
  mkdirSync(`${folder}/${above}_state`, { recursive: true });
  mkdirSync(`${folder}/${above}indices/3qNZ1a0f`, { recursive: true });
  writeFileSync(`${folder}/${above}_state/segments_1`, '');
  writeFileSync(`${folder}/node.lock`, '');
}

describe('data folders of a new node that is taken back', () => {
  test.each(['nodes/0/', ''])('are as they were: empty, on a disk of their own, or not there (%s)', async (above) => {
    const [empty, disk, absent] = ['empty', 'a disk', 'absent'].map((name) => path(`${name}${above.length}`)) as [
      string,
      string,
      string,
    ];
    mkdirSync(empty);
    mkdirSync(`${disk}/lost+found`, { recursive: true });
    const left = await firstTry([empty, disk, absent], () => {
      for (const folder of [empty, disk, absent]) nodeRan(folder, above);
    });
    expect(left).toEqual([[], ['lost+found'], undefined]);
  });

  test('are left as they are with a shard in them, or with what was there before', async () => {
    const [old, fresh, others] = ['old-shard', 'fresh-shard', 'others'].map((name) => path(name)) as [
      string,
      string,
      string,
    ];
    for (const folder of [old, fresh, others]) mkdirSync(folder);
    writeFileSync(`${others}/report.pdf`, '');
    const left = await firstTry([old, fresh, others], () => {
      mkdirSync(`${old}/nodes/0/indices/3qNZ1a0f/0/index`, { recursive: true });
      mkdirSync(`${fresh}/indices/3qNZ1a0f/12/index`, { recursive: true });
      nodeRan(others);
    });
    expect(left).toEqual([['nodes'], ['indices'], ['_state', 'indices', 'node.lock', 'report.pdf']]);
  });
});

test('a folder that was led elsewhere since is not emptied', async () => {
  const [above, elsewhere] = [path('above'), path('elsewhere')];
  mkdirSync(`${above}/data`, { recursive: true });
  mkdirSync(`${elsewhere}/data`, { recursive: true });
  writeFileSync(`${elsewhere}/data/precious`, '');
  const led = firstTry([`${above}/data`], () => {
    renameSync(above, `${above}.was`);
    symlinkSync(elsewhere, above);
  });
  await expect(led).rejects.toThrow(/was exchanged; nothing is removed/);
  expect(readdirSync(`${elsewhere}/data`)).toEqual(['precious']);
  unlinkSync(above);
  await world.hosts.undo(host());
});

test('a node that runs and has a shard on its disk is not stopped by hand', () => {
  const folder = path('held');
  const plan = minimalPlan();
  plan.elasticsearch.newNodeSettings = { 'path.data': folder };
  const ask = (isRunning: string) =>
    spawnSync('sh', ['-eu', '-c', holdsNoShard(parsePlan(plan), isRunning)], { encoding: 'utf8' });
  expect(ask('true').status).toBe(0);
  nodeRan(folder);
  expect(ask('true').status).toBe(0);
  mkdirSync(`${folder}/indices/3qNZ1a0f/0`);
  expect(ask('true')).toMatchObject({ status: 1, stderr: expect.stringContaining('/3qNZ1a0f/0 is one)') as string });
  expect(ask('false').status).toBe(0);
});
