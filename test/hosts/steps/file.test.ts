import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { fileStep, type FileStepInput } from '../../../src/hosts/steps';
import { useSshd } from '../ssh/sshd';

jest.setTimeout(60_000);

const world = useSshd();
const { old, path } = world;

const apply = (input: Partial<FileStepInput> & { path: string; content: string }) =>
  world.hosts.apply(old(), fileStep({ phase: 'join', id: 'file', summary: 'write a file', ...input }));
const undo = () => world.hosts.undo(old());
const mode = (name: string) => (statSync(path(name)).mode & 0o7777).toString(8);

describe('fileStep', () => {
  it('makes a file and its folders, and removes exactly those again', async () => {
    mkdirSync(path('there'));
    const content = `it's "quoted" $HOME \`x\`\n\ngrün \\n without end`;
    await apply({ path: path('there/a/b/file'), content, mode: '0600' });
    expect(readFileSync(path('there/a/b/file'), 'utf8')).toBe(content);
    expect(mode('there/a/b/file')).toBe('600');
    await undo();
    expect(existsSync(path('there/a'))).toBe(false);
    expect(existsSync(path('there'))).toBe(true);
  });

  it('leaves a folder in which somebody else put something', async () => {
    await apply({ path: path('mine/file'), content: 'x' });
    writeFileSync(path('mine/theirs'), '');
    await undo();
    expect(existsSync(path('mine/file'))).toBe(false);
    expect(existsSync(path('mine/theirs'))).toBe(true);
  });

  it('keeps mode when not asked otherwise, and puts the old file back with its own', async () => {
    writeFileSync(path('config'), 'before');
    chmodSync(path('config'), 0o640);
    await apply({ path: path('config'), content: 'after' });
    expect(mode('config')).toBe('640');
    await undo();
    expect(readFileSync(path('config'), 'utf8')).toBe('before');
    await apply({ path: path('config'), content: 'after', mode: '0604' });
    expect(mode('config')).toBe('604');
    await undo();
    expect(mode('config')).toBe('640');
  });

  it('says nothing changed when content and mode are so already, and corrects a wrong mode', async () => {
    writeFileSync(path('same'), 'same');
    chmodSync(path('same'), 0o644);
    expect(await apply({ path: path('same'), content: 'same', mode: '0644' })).toMatchObject({ changed: false });
    expect(await apply({ path: path('same'), content: 'same', mode: '0600' })).toMatchObject({ changed: true });
    expect(mode('same')).toBe('600');
    await undo();
    expect(mode('same')).toBe('644');
  });

  it('writes through a symbolic link', async () => {
    writeFileSync(path('real'), 'before');
    symlinkSync(path('real'), path('link'));
    await apply({ path: path('link'), content: 'after' });
    expect(readFileSync(path('real'), 'utf8')).toBe('after');
    await undo();
    expect(readFileSync(path('link'), 'utf8')).toBe('before');
  });

  it('keeps the old file but never a secret new one', async () => {
    writeFileSync(path('app'), 'old password');
    await apply({ path: path('app'), content: 'password: hush-hush', secret: true, mode: '0600' });
    expect(readFileSync(path('app'), 'utf8')).toBe('password: hush-hush');
    const encoded = Buffer.from('password: hush-hush').toString('base64');
    const found = await world.hosts.read(
      old(),
      `grep -rlF -e hush-hush -e ${encoded} ${path('ledger')}; ls -A ${path('ledger')}/test/steps`,
    );
    expect(found.stdout).toBe('0001-file\n');
    await undo();
    expect(readFileSync(path('app'), 'utf8')).toBe('old password');
  });

  it('runs what is to follow, both ways', async () => {
    const log = path('log');
    await apply({ path: path('f'), content: 'x', afterApply: `echo up >>${log}`, afterUndo: `echo down >>${log}` });
    await undo();
    expect(readFileSync(log, 'utf8')).toBe('up\ndown\n');
  });

  it('carries a megabyte', async () => {
    const content = 'x'.repeat(1_000_000);
    await apply({ path: path('large'), content });
    expect(readFileSync(path('large'), 'utf8')).toBe(content);
    await undo();
  });
});

const ledger = (name: string) => path(`ledger/test/steps/0001-file/${name}`);

describe('the undo of a file that others changed since', () => {
  afterEach(() => world.hosts.forget(old()));

  const refusal = { message: expect.stringMatching(/undo of step file failed.*touch \S+\/backup\/leave/s) as string };

  it('stops, keeps their change and its record, and goes on when a person has put it right', async () => {
    writeFileSync(path('edited'), 'password: one\n');
    await apply({
      path: path('edited'),
      content: 'password: one\nurls: fronts\n',
      afterUndo: `echo after >${path('after')}`,
    });
    writeFileSync(path('edited'), 'password: two\nurls: fronts\nfeature: new\n');
    await expect(undo()).rejects.toMatchObject(refusal);
    expect(readFileSync(path('edited'), 'utf8')).toBe('password: two\nurls: fronts\nfeature: new\n');
    expect(existsSync(path('after'))).toBe(false);
    expect(readFileSync(ledger('backup/file'), 'utf8')).toBe('password: one\n');
    writeFileSync(path('edited'), 'password: two\nfeature: new\n');
    writeFileSync(ledger('backup/leave'), '');
    expect(await undo()).toMatchObject({ undone: ['file'] });
    expect(readFileSync(path('edited'), 'utf8')).toBe('password: two\nfeature: new\n');
    expect(readFileSync(path('after'), 'utf8')).toBe('after\n');
  });

  it('stops where we made the file, too', async () => {
    await apply({ path: path('made'), content: 'ours' });
    writeFileSync(path('made'), 'ours and theirs');
    await expect(undo()).rejects.toMatchObject(refusal);
    expect(readFileSync(path('made'), 'utf8')).toBe('ours and theirs');
  });

  it('takes a file that somebody has put back already, or that is gone, for what it is', async () => {
    writeFileSync(path('back'), 'before');
    await apply({ path: path('back'), content: 'after' });
    writeFileSync(path('back'), 'before');
    await undo();
    await apply({ path: path('back'), content: 'after' });
    rmSync(path('back'));
    await undo();
    expect(readFileSync(path('back'), 'utf8')).toBe('before');
  });

  it('knows every content that the step wrote, also when it was cut off before or after it was in place', async () => {
    writeFileSync(path('twice'), 'before');
    await apply({ path: path('twice'), content: 'first' });
    await apply({ path: path('twice'), content: 'second' });
    await undo();
    expect(readFileSync(path('twice'), 'utf8')).toBe('before');
    await expect(apply({ path: path('twice'), content: 'third', afterApply: 'exit 1' })).rejects.toThrow();
    await undo();
    expect(readFileSync(path('twice'), 'utf8')).toBe('before');
  });

  it('knows what a later step wrote into the same file, when only the earlier one is taken back', async () => {
    writeFileSync(path('node.yml'), 'before');
    await apply({ path: path('node.yml'), content: 'joined' });
    await apply({ path: path('node.yml'), content: 'one node less', id: 'less', phase: 'drain' });
    await world.hosts.undo(old(), { phases: ['join'] });
    expect(readFileSync(path('node.yml'), 'utf8')).toBe('before');
    await world.hosts.forget(old());
  });

  it('touches neither release when the link has moved on, and the old one when it is back', async () => {
    for (const release of ['41', '42']) {
      mkdirSync(path(`releases/${release}`), { recursive: true });
      writeFileSync(path(`releases/${release}/env`), `RELEASE=${release}\n`);
    }
    symlinkSync('releases/41', path('current'));
    await apply({ path: path('current/env'), content: 'RELEASE=41\nES=front\n' });
    const turn = (release: string) => {
      symlinkSync(`releases/${release}`, path('next'));
      renameSync(path('next'), path('current'));
    };
    turn('42');
    await expect(undo()).rejects.toMatchObject(refusal);
    expect(readFileSync(path('releases/42/env'), 'utf8')).toBe('RELEASE=42\n');
    expect(readFileSync(path('releases/41/env'), 'utf8')).toBe('RELEASE=41\nES=front\n');
    await expect(apply({ path: path('current/env'), content: 'RELEASE=42\nES=front\n' })).rejects.toThrow(/was saved/);
    turn('41');
    await undo();
    expect(readFileSync(path('releases/41/env'), 'utf8')).toBe('RELEASE=41\n');
  });

  it('does not stop at a release that is gone as a whole', async () => {
    mkdirSync(path('gone'));
    writeFileSync(path('gone/env'), 'x');
    await apply({ path: path('gone/env'), content: 'y' });
    rmSync(path('gone'), { recursive: true });
    await undo();
    expect(existsSync(path('gone'))).toBe(false);
  });
});
