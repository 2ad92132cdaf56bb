import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refuseFolder, writeAtomically } from '../../src/report/write';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bigswitch-write-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('a report is for its owner alone, and so is its folder', async () => {
  const path = join(folder, 'out', 'report.json');
  await writeAtomically(path, 'one');
  await writeAtomically(path, 'two');
  expect([readFileSync(path, 'utf8'), mode(path), mode(join(folder, 'out'))]).toEqual(['two', '600', '700']);
  expect(readdirSync(join(folder, 'out'))).toEqual(['report.json']);
});

test('a file that others could read before can’t be read by them afterwards', async () => {
  const path = join(folder, 'report.json');
  writeFileSync(path, 'old', { mode: 0o644 });
  await writeAtomically(path, 'new');
  expect(mode(path)).toBe('600');
});

test('a link where the report belongs is replaced, and what it leads to is left alone', async () => {
  const [target, path] = [join(folder, 'precious'), join(folder, 'report.html')];
  writeFileSync(target, 'precious');
  symlinkSync(target, path);
  await writeAtomically(path, 'report');
  expect([readFileSync(target, 'utf8'), readFileSync(path, 'utf8')]).toEqual(['precious', 'report']);
  expect(lstatSync(path).isSymbolicLink()).toBe(false);
});

test('links that lead to themselves are told, and not gone round', async () => {
  symlinkSync(join(folder, 'there'), join(folder, 'back'));
  symlinkSync(join(folder, 'back'), join(folder, 'there'));
  for (const on of ['back', 'back/deeper']) {
    await expect(writeAtomically(join(folder, on, 'report.html'), 'x')).rejects.toThrow(/leads to itself|ELOOP/);
    await expect(refuseFolder(join(folder, on))).rejects.toThrow(/leads to itself|ELOOP/);
  }
});

test('the name of the file that is written first can’t be guessed', async () => {
  const path = join(folder, 'report.html');
  const target = join(folder, 'precious');
  writeFileSync(target, 'precious');
  for (const pid of [process.pid, process.pid + 1]) symlinkSync(target, `${path}.${pid}.tmp`);
  await writeAtomically(path, 'report');
  expect([readFileSync(target, 'utf8'), readFileSync(path, 'utf8')]).toEqual(['precious', 'report']);
});

test('a folder in which others may put files away is refused, one like /tmp is not', async () => {
  const shared = join(folder, 'shared');
  mkdirSync(shared);
  chmodSync(shared, 0o777);
  await expect(writeAtomically(join(shared, 'report.html'), 'x')).rejects.toThrow(/other users may change/);
  expect(readdirSync(shared)).toEqual([]);
  chmodSync(shared, 0o1777);
  await writeAtomically(join(shared, 'report.html'), 'x');
});

test('nor is one below it, and nothing is made there', async () => {
  const shared = join(folder, 'shared');
  mkdirSync(join(shared, 'own'), { recursive: true });
  chmodSync(shared, 0o777);
  await expect(writeAtomically(join(shared, 'own', 'report.html'), 'x')).rejects.toThrow(/everybody may change/);
  await expect(writeAtomically(join(shared, 'new', 'report.html'), 'x')).rejects.toThrow(/everybody may change/);
  expect(readdirSync(shared)).toEqual(['own']);
});

(process.getuid?.() === 0 ? test : test.skip)(
  'a folder of another user, or his link to one of ours, is refused',
  async () => {
    const [theirs, ours, link] = ['theirs', 'ours', 'link'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(theirs);
    mkdirSync(ours);
    chownSync(theirs, 59_999, 59_999);
    symlinkSync(ours, link);
    lchownSync(link, 59_999, 59_999);
    await expect(writeAtomically(join(link, 'report.html'), 'x')).rejects.toThrow(/belongs to another user/);
    await expect(writeAtomically(join(theirs, 'report.html'), 'x')).rejects.toThrow(/belongs to another user/);
    await expect(writeAtomically(join(link, 'new', 'report.html'), 'x')).rejects.toThrow(/a link of another user/);
    expect(readdirSync(ours)).toEqual([]);
    symlinkSync(link, join(folder, 'own'));
    await expect(writeAtomically(join(folder, 'own', 'new', 'report.html'), 'x')).rejects.toThrow(/of another user/);
  },
);
