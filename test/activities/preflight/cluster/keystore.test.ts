import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keystoreChecks } from '../../../../src/activities/preflight/cluster/keystore';
import { keystoreScript, parseKeystore } from '../../../../src/activities/preflight/cluster/keystore-list';
import { hostRef } from '../../../../src/plan/hosts';
import { testPlan } from '../../../elasticsearch/world';
import { notWell, worldBefore } from './looked';

const KEY = 's3.client.default.access_key';
const has = (host: string, ...entries: string[]) => ({ host, entries });
const wrong = (...args: Parameters<typeof keystoreChecks>) =>
  keystoreChecks(...args).filter(({ result }) => result !== 'ok');

it('names an entry that any old node has and a new one lacks, once, with what to do', () => {
  expect(wrong([has('old-1', KEY), has('old-2')], [has('new-1', KEY), has('new-2')])).toEqual([
    {
      ...{ name: 'keystore', subject: KEY, result: 'failed', waivable: true },
      seen: `${KEY} is in the keystore of old-1, and not in that of new-2`,
      remedy: expect.stringContaining(`elasticsearch-keystore add ${KEY}`) as unknown,
    },
  ]);
  expect(wrong([has('old-1', KEY)], [has('new-1', KEY, 'more.than.that')])).toEqual([]);
});

it('asks for nothing that a node makes for itself', () => {
  const own = ['keystore.seed', 'bootstrap.password', 'autoconfiguration.password_hash'];
  expect(wrong([has('old-1', ...own)], [has('new-1')])).toEqual([]);
});

it('tells of a keystore that could not be listed, and takes it neither for equal nor for empty', () => {
  const closed = (host: string) => parseKeystore(host, 'keystore=password\nend=yes\n');
  expect(wrong([has('old-1', KEY)], [closed('new-1'), has('new-2')])).toMatchObject([
    { subject: KEY, result: 'failed', seen: expect.not.stringContaining('new-1') },
    { name: 'keystore', subject: 'new-1', result: 'warn', seen: expect.stringContaining('it has a password') },
  ]);
  expect(wrong([closed('old-1')], [has('new-1')])).toMatchObject([{ subject: 'old-1', result: 'warn' }]);
  expect(parseKeystore('old-1', 'keystore=unlisted\nend=yes\n')).toMatchObject({ why: expect.any(String) });
  expect(() => parseKeystore('old-1', 'keystore=none\n')).toThrow('did not tell all');
});

it('is looked at in preflight, on both sides', async () => {
  const old = { 'old-1': `keystore=listed\nentry=keystore.seed\nentry=${KEY}\nend=yes\n` };
  expect(await notWell(worldBefore({}, [], old))).toMatchObject([{ name: 'keystore', subject: KEY }]);
  expect(await notWell(worldBefore({}, [], { ...old, 'new-1': 'cut off' }))).toMatchObject([
    { name: 'keystore', subject: 'new-1', result: 'failed', waivable: false },
  ]);
});

describe('on a real shell', () => {
  let root: string;
  beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'bigswitch-keystore-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  const program = (name: string, text: string) => {
    mkdirSync(join(root, 'bin'), { recursive: true });
    writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(root, 'bin', name), 0o755);
  };
  /** A keystore as Elasticsearch 7.17 writes its head. @param password byte */
  const keystore = (password: number, bytes = 300) => {
    const head = [Buffer.from([0x3f, 0xd7, 0x6c, 0x17, 22]), Buffer.from('elasticsearch.keystore'), Buffer.alloc(4, 0)];
    const file = Buffer.concat([...head, Buffer.from([password]), Buffer.alloc(bytes)]);
    writeFileSync(join(root, 'elasticsearch.keystore'), file.subarray(0, bytes));
  };
  /** What a host says whose installation, configuration and programs are all in one folder, and which program was run. */
  const look = (list: string) => {
    mkdirSync(join(root, 'lib'), { recursive: true });
    writeFileSync(join(root, 'lib', 'elasticsearch-7.17.28.jar'), '');
    program('elasticsearch-keystore', `echo "$* in $ES_PATH_CONF" >>"$ES_PATH_CONF/called"\n${list}`);
    program('setpriv', `echo "$*" >"${root}/as"\nwhile [ "$1" != env ]; do shift; done\nexec "$@"`);
    program('systemctl', `case "$*" in *User*) id -un ;; *Environment*) echo ES_HOME=${root} ;; esac`);
    const plan = testPlan([{ name: 'old-1', address: '198.18.1.11' }], [{ name: 'new-1', address: '198.18.2.11' }], {
      elasticsearch: { clusterName: 'real', configFile: join(root, 'elasticsearch.yml') },
    });
    const input = `set -eu\n${keystoreScript(plan, hostRef(plan, 'old-1'))}`;
    const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? ''}` };
    return parseKeystore('old-1', execFileSync('sh', ['-s'], { input, env, encoding: 'utf8' }));
  };
  const called = () => existsSync(join(root, 'called'));

  it('lists names as the user of the service, and takes no warning for one', () => {
    keystore(0);
    const said = look(`cat; echo "warning: no java of its own"; echo keystore.seed; echo ${KEY}`);
    expect(said).toEqual({ host: 'old-1', entries: ['keystore.seed', KEY] });
    expect(readFileSync(join(root, 'called'), 'utf8')).toBe(`list in ${root}\n`);
    expect(readFileSync(join(root, 'as'), 'utf8')).toMatch(
      /^--reuid \S+ --regid \d+ --init-groups --no-new-privs env -i /,
    );
  });

  it('starts no program, and makes nothing, where there is none or only a node’s own seed is in it', () => {
    expect(look('exit 1')).toEqual({ host: 'old-1', entries: [] });
    expect(existsSync(join(root, 'elasticsearch.keystore'))).toBe(false);
    keystore(0, 199);
    expect(look('exit 1')).toEqual({ host: 'old-1', entries: [] });
    expect(called()).toBe(false);
  });

  it('starts none for one that has a password, or that it does not know', () => {
    keystore(1);
    expect(look('exit 0')).toEqual({ host: 'old-1', why: 'it has a password' });
    keystore(7);
    expect(look('exit 0')).toMatchObject({ why: expect.stringContaining('could not be run') });
    expect(called()).toBe(false);
  });

  it('says so when the program fails', () => {
    keystore(0);
    expect(look(`echo ${KEY}; exit 74`)).toMatchObject({ why: expect.stringContaining('could not be run') });
  });
});
