import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { configFileChecks } from '../../../../src/activities/preflight/cluster/config-files';
import {
  configFolderScript,
  lookAtConfigFolders,
  parseConfigFolder,
} from '../../../../src/activities/preflight/cluster/config-folder';
import { testDeps, testPlan } from '../../../elasticsearch/world';

const OLD = [{ name: 'old-1', address: '198.18.1.11' }];
const NEW = [{ name: 'new-1', address: '198.18.2.11' }];
let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'bigswitch-config-'))));
afterEach(() => rmSync(root, { recursive: true }));

const put = (host: string, path: string, text: string) => {
  const file = join(root, host, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};
/** What a host tells whose folder is the one of that name, by a real shell. */
const told = (host: string) => {
  put(host, 'elasticsearch.yml', `node.name: ${host}\n`);
  const configFile = join(root, host, 'elasticsearch.yml');
  const input = `set -eu\n${configFolderScript(testPlan(OLD, NEW, { elasticsearch: { clusterName: 'real', configFile } }))}`;
  const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? ''}` };
  return execFileSync('sh', ['-s'], { input, env, encoding: 'utf8' });
};
const look = (host: string) => parseConfigFolder(host, told(host));
const wrong = (old: string[], fresh: string[]) =>
  configFileChecks(old.map(look), fresh.map(look)).filter(({ result }) => result !== 'ok');

it.each([
  'users',
  'users_roles',
  'roles.yml',
  'role_mapping.yml',
  'synonyms/de.txt',
  'hunspell/de/de.dic',
  'a b $(c).txt',
])('names %s where a new host lacks it or has another, and never what stands in it', (path) => {
  put('old-1', path, 'hunter2\n');
  put('new-1', path, 'hunter2\n');
  put('new-2', path, 'hunter3\n');
  expect(wrong(['old-1'], ['new-1'])).toEqual([]);
  const found = wrong(['old-1'], ['new-1', 'new-2', 'new-3']);
  expect(found).toMatchObject([
    {
      ...{ name: 'config-files', subject: path, result: 'failed', waivable: true },
      seen: `${path} is on old-1, and missing or empty on new-3, not the same on new-2`,
    },
  ]);
  expect(JSON.stringify(found) + told('old-1')).not.toContain('hunter');
});

it('is content with any of the old nodes’ contents, and asks for what any of them has', () => {
  put('old-1', 'stop.txt', 'a');
  put('old-2', 'stop.txt', 'b');
  put('new-1', 'stop.txt', 'b');
  expect(wrong(['old-1', 'old-2', 'old-3'], ['new-1'])).toEqual([]);
  expect(wrong(['old-1', 'old-2', 'old-3'], ['new-2'])).toHaveLength(1);
});

it('takes comments of Elasticsearch’s own files, and empty files, for nothing', () => {
  put('old-1', 'roles.yml', '# older words\n\n');
  put('old-1', 'users', '');
  put('old-1', 'log4j2.properties', '# a\nstatus = error\n');
  put('new-1', 'log4j2.properties', 'status = error\n');
  expect(wrong(['old-1'], ['new-1'])).toEqual([]);
  put('old-1', 'synonyms.txt', '# of shops\n');
  expect(wrong(['old-1'], ['new-1'])).toHaveLength(1);
});

it('only warns of what no request notices, and leaves out certificates, keystores and backups', () => {
  put('old-1', 'jvm.options.d/heap.options', '-Xmx8g');
  put('old-1', 'log4j2.properties', 'status = error');
  expect(wrong(['old-1'], ['new-1'])).toMatchObject([{ result: 'warn' }, { result: 'warn' }]);
  for (const name of [
    'certs/node.key',
    'ca.p12',
    'elasticsearch.keystore',
    'elasticsearch.yml.1',
    'users.ucf-old',
    '.git/x',
  ])
    put('old-2', name, 'x');
  expect(wrong(['old-2'], ['new-1'])).toEqual([]);
});

it('follows no link out of the folder, and says so', () => {
  put('elsewhere', 'words.txt', 'a');
  put('old-1', 'real.txt', 'a');
  put('new-1', 'real.txt', 'a');
  put('new-1', 'inside.txt', 'a');
  symlinkSync('real.txt', join(root, 'old-1', 'inside.txt'));
  expect(wrong(['old-1'], ['new-1'])).toEqual([]);
  symlinkSync('../elsewhere/words.txt', join(root, 'old-1', 'outside.txt'));
  symlinkSync('../elsewhere', join(root, 'old-1', 'folder'));
  symlinkSync('nowhere', join(root, 'old-1', 'dangling'));
  put('new-1', 'outside.txt', 'a');
  expect(wrong(['old-1'], ['new-1']).map(({ subject, seen }) => [subject, seen])).toEqual([
    ['dangling', expect.stringContaining('not to be read on old-1')],
    ['folder', expect.stringContaining('a link out of the folder on old-1')],
    ['outside.txt', expect.stringContaining('a link out of the folder on old-1')],
  ]);
});

it('says of a folder that could not be looked into as a whole that it is not known', () => {
  put('old-1', 'users', 'x');
  put('bin', 'find', '#!/bin/sh\necho users\nexit 1\n');
  chmodSync(join(root, 'bin', 'find'), 0o755);
  const { files, isWhole } = look('old-1');
  expect([[...files.keys()], isWhole]).toEqual([['users'], false]);
});

it('compares what is too large to be read by its size', () => {
  for (const [host, size] of [
    ['old-1', 65],
    ['new-1', 65],
    ['new-2', 66],
  ] as const) {
    put(host, 'big.mmdb', '');
    truncateSync(join(root, host, 'big.mmdb'), size * 1024 ** 2);
  }
  expect(wrong(['old-1'], ['new-1', 'new-2'])).toMatchObject([
    { seen: expect.stringContaining('not the same on new-2') },
  ]);
});

it('says that there was more than is read, and counts the rest of a long list', () => {
  const files = new Map(Array.from({ length: 30 }, (_, i) => [`f${i}`, 'a']));
  const folder = (host: string, of = new Map<string, string>()) => ({
    host,
    files: of,
    unread: new Map(),
    isWhole: true,
  });
  const found = configFileChecks([folder('old-1', files)], [{ ...folder('new-1'), isWhole: false }]);
  expect(found).toHaveLength(22);
  expect(found.slice(20)).toMatchObject([
    { subject: '', result: 'failed', seen: expect.stringContaining('10 more differ') },
    { subject: 'new-1', result: 'failed', waivable: true },
  ]);
  expect(parseConfigFolder('a', 'more=yes\nend=yes\n').isWhole).toBe(false);
  expect(() => parseConfigFolder('a', 'file=abc\n')).toThrow('did not tell all');
});

it('refuses by host what could not be looked at', async () => {
  const { scope, hosts } = await testDeps(testPlan(OLD, NEW));
  hosts.answer = (host) => (host === 'old-1' ? 'end=yes\n' : '');
  const { seen, checks } = await lookAtConfigFolders(scope);
  expect(seen.map(({ host }) => host)).toEqual(['old-1']);
  expect(checks).toMatchObject([{ name: 'config-files', subject: 'new-1', result: 'failed', waivable: false }]);
});
