import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { readHostFile } from '../../../src/hosts/read-file';
import { fileStep, type FileStepInput } from '../../../src/hosts/steps';
import { useSshd } from '../ssh/sshd';

jest.setTimeout(60_000);

const world = useSshd();
const { old, path } = world;

const apply = (input: Partial<FileStepInput> & { path: string; content: string }) =>
  world.hosts.apply(old(), fileStep({ phase: 'join', id: 'file', summary: 'write a file', ...input }));
const undo = () => world.hosts.undo(old());
/** Only root can give a folder to somebody else. */
(userInfo().uid === 0 ? describe : describe.skip)('a folder that belongs to somebody else', () => {
  const APP = 65534;
  beforeEach(() => {
    rmSync(path('app'), { recursive: true, force: true });
    mkdirSync(path('app'));
    chmodSync(world.sshd.folder, 0o711);
    writeFileSync(path('shadow'), 'root:secret\n', { mode: 0o600 });
    theirs('config', 'old');
    chownSync(path('app'), APP, APP);
  });
  afterEach(() => world.hosts.forget(old()));

  const theirs = (name: string, text: string) => {
    writeFileSync(path(`app/${name}`), text);
    chownSync(path(`app/${name}`), APP, APP);
  };
  const link = (name: string, target: string, owner = APP) => {
    symlinkSync(target, path(`app/${name}`));
    execFileSync('chown', ['-h', `${owner}:${owner}`, path(`app/${name}`)]);
  };
  const expectShadowAsItWas = () => {
    expect(readFileSync(path('shadow'), 'utf8')).toBe('root:secret\n');
    expect(statSync(path('shadow'))).toMatchObject({ uid: 0, mode: 0o100600 });
  };

  it('holds no name that anybody could have guessed and laid a link under', async () => {
    for (const name of ['config.bigswitch-new', 'config.bigswitch-old', 'config.tmp', '.config.swp'])
      link(name, path('shadow'));
    await apply({ path: path('app/config'), content: 'new', secret: true });
    expect(readFileSync(path('app/config'), 'utf8')).toBe('new');
    expect(lstatSync(path('app/config'))).toMatchObject({ uid: APP, gid: APP });
    await undo();
    expect(readFileSync(path('app/config'), 'utf8')).toBe('old');
    expect(lstatSync(path('app/config'))).toMatchObject({ uid: APP, gid: APP });
    expect(readdirSync(path('app')).filter((name) => name.includes('bigswitch-'))).toHaveLength(2);
    expectShadowAsItWas();
  });

  it('has nothing read or written through a link to what is not theirs', async () => {
    rmSync(path('app/config'));
    link('config', path('shadow'));
    const ref = old();
    await expect(readHostFile(world.hosts, ref, path('app/config'))).rejects.toThrow(
      /leads to \S+shadow by a link of UID 65534/,
    );
    await expect(apply({ path: path('app/config'), content: 'new' })).rejects.toThrow(/leads to \S+shadow by a link/);
    link('folder', world.sshd.folder);
    await expect(apply({ path: path('app/folder/shadow'), content: 'new' })).rejects.toThrow(/by a link/);
    rmSync(path('app/config'));
    link('config', path('not-yet'));
    await expect(apply({ path: path('app/config'), content: 'new' })).rejects.toThrow(/by a link/);
    expect(existsSync(path('not-yet'))).toBe(false);
    expectShadowAsItWas();
  });

  it('may lead to their own files, and root may lead anywhere', async () => {
    theirs('real', 'mine');
    link('mine', 'real');
    await apply({ path: path('app/mine'), content: 'new' });
    expect(readFileSync(path('app/real'), 'utf8')).toBe('new');
    await undo();
    link('roots', path('shadow'), 0);
    await apply({ path: path('app/roots'), content: 'new' });
    expect(readFileSync(path('shadow'), 'utf8')).toBe('new');
    await undo();
    expectShadowAsItWas();
  });

  it('gains nothing by exchanging file and link all the time', async () => {
    const flip = `cd ${path('app')}; ln -s ${path('shadow')} l; while :; do mv -fT config keep; cp -P l config; mv -fT keep config; for f in .bigswitch-*; do [ -e "$f" ] && ln -sf ${path('shadow')} "$f"; done; done`;
    const attacker = spawn('setpriv', ['--reuid', String(APP), '--clear-groups', 'sh', '-c', flip], {
      stdio: 'ignore',
      detached: true,
    });
    try {
      while (!existsSync(path('app/l'))) await new Promise((resolve) => setTimeout(resolve, 20));
      for (let turn = 0; turn < 12; turn += 1) {
        await readHostFile(world.hosts, old(), path('app/config')).then(
          (text) => expect(text).not.toContain('secret'),
          () => undefined,
        );
        await apply({ path: path('app/config'), content: `new ${turn}` }).catch(() => undefined);
        await undo().catch(() => undefined);
        expectShadowAsItWas();
      }
    } finally {
      await killGroup(attacker);
    }
    for (const name of readdirSync(path('app'))) {
      const file = path(`app/${name}`);
      if (!lstatSync(file).isSymbolicLink()) expect(readFileSync(file, 'utf8')).not.toContain('secret');
    }
  });
});

/** Kills a detached process with its children, and waits until none of them can change a file any more. */
async function killGroup({ pid = 0 }: ChildProcess): Promise<void> {
  process.kill(-pid, 'SIGKILL');
  while (isThere(-pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
