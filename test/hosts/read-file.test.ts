import { readFileSync, writeFileSync } from 'node:fs';
import { FAILURES } from '../../src/contract/failures';
import type { Hosts } from '../../src/hosts/hosts';
import { fileBytes, fileText, readHostFile } from '../../src/hosts/read-file';
import type { HostRef } from '../../src/plan/hosts';
import { useSshd } from './ssh/sshd';

jest.setTimeout(60_000);

const world = useSshd();

const read = (bytes: string | Buffer) => {
  const file = world.path('file');
  writeFileSync(file, bytes);
  return readHostFile(world.hosts, world.old(), file);
};

it.each(['', '\n', 'a\r\nb', 'Büro €\u0000 😀 \uFFFD', '\uFEFFbom: 1\n', 'x'.repeat(300_000)])(
  'gives back a text byte for byte (%#)',
  async (text) => {
    expect(await read(text)).toBe(text);
    expect(readFileSync(world.path('file')).equals(Buffer.from(await read(text)))).toBe(true);
  },
);

it.each([
  ['Latin-1', Buffer.from('a=1\nMAIL_FROM="Büro"\n', 'latin1'), 2],
  ['UTF-16', Buffer.from('\uFEFFa=1\n', 'utf16le'), 1],
  ['a character that is cut off', Buffer.from('a\nb\nü').subarray(0, -1), 3],
])('refuses %s for good, and names file and line', async (_what, bytes, line) => {
  await expect(read(bytes)).rejects.toMatchObject({
    type: FAILURES.STEP_FAILED,
    nonRetryable: true,
    message: expect.stringMatching(
      new RegExp(`^old-1: \\S+/file is not in UTF-8 \\(see its line ${line}\\)`),
    ) as string,
  });
});

it.each(['Agent pid 4711\nYWJj', 'YWJj YWJj', 'YWJ', 'YWJjeth0!', 'YQ==YQ=='])(
  'takes "%s" for no file',
  async (said) => {
    expect(() => fileBytes(said)).toThrow('base64');
    expect(() => fileText(said)).toThrow('base64');
    const hosts = { ask: async () => said } as unknown as Hosts;
    await expect(readHostFile(hosts, { name: 'x' } as HostRef, '/f')).rejects.toThrow('base64');
  },
);
