import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileStep, type FileStepInput } from '../../../src/hosts/steps';
import { loopbackHosts, startSshd, type TestSshd } from '../ssh/sshd';

jest.setTimeout(60_000);

let sshd: TestSshd;
let world: ReturnType<typeof loopbackHosts>;

beforeAll(async () => {
  sshd = await startSshd();
  world = loopbackHosts(sshd);
});
afterAll(async () => {
  await world.hosts.close();
  await sshd.stop();
});

const path = (name: string) => join(sshd.folder, name);
const apply = (input: Partial<FileStepInput> & { path: string; content: string }) =>
  world.hosts.apply(world.ref('old-1'), fileStep({ phase: 'join', id: 'file', summary: 'write a file', ...input }));
const undo = () => world.hosts.undo(world.ref('old-1'));
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
      world.ref('old-1'),
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
