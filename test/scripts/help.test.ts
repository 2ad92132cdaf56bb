import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import execa from 'execa';
import which from 'which';
import { COMMAND_LINES, commandsOf, helpOf, SCRIPTS, withHelp } from './help';

const names = readdirSync(SCRIPTS);

test('every script has a command line, and answers for its help', () => {
  expect(names.sort()).toEqual(Object.keys(COMMAND_LINES).sort());
});

test.each(names)('the help in scripts/%s is that of the program; npm run manual writes it', (name) => {
  const script = readFileSync(join(SCRIPTS, name), 'utf8');
  expect(script).toBe(withHelp(script, COMMAND_LINES[name]?.() ?? fail(name)));
});

function fail(name: string): never {
  throw new Error(`scripts/${name} has no command line`);
}

describe('on a machine with nothing but a shell, and scripts that are all there is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bigswitch-scripts-'));
  const tools = join(folder, 'tools');
  cpSync(SCRIPTS, join(folder, 'clone', 'scripts'), { recursive: true });
  mkdirSync(tools);
  for (const tool of ['bash', 'cat', 'dirname', 'env', 'mkdir']) symlinkSync(which.sync(tool), join(tools, tool));
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (name: string, argv: string[]) =>
    execa(join(folder, 'clone', 'scripts', name), argv, {
      cwd: folder,
      env: { PATH: tools },
      extendEnv: false,
      reject: false,
    });

  const asked = Object.entries(COMMAND_LINES).flatMap(([name, program]) =>
    commandsOf(program()).map(([words, command]) => ({ name, words, help: helpOf(command) })),
  );

  test.each(asked)(
    'scripts/$name $words --help says how it is used, and installs nothing',
    async ({ name, words, help }) => {
      const before = words === '' ? [] : words.split(' ');
      for (const argv of [
        [...before, '--help'],
        [...before, '-h'],
        [...before, '--old', '2', '--help'],
      ]) {
        const { exitCode, stdout, stderr } = await run(name, argv);
        expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: help, stderr: '' });
        if (words === 'ssh') break;
      }
      expect(readdirSync(join(folder, 'clone'))).toEqual(['scripts']);
    },
  );

  test('a --help that is for a host is handed on', async () => {
    const { exitCode, stderr } = await run('lab', ['ssh', 'old-1', 'ls', '--help']);
    expect(stderr).toMatch(/^bigswitch needs Node\.js/);
    expect(exitCode).toBe(3);
  });
});
