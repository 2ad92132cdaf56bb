import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SCRIPT_NOT_BEGUN } from '../../../src/hosts/errors';
import { readHostFile } from '../../../src/hosts/read-file';
import { fileStep } from '../../../src/hosts/steps';
import { loopbackHosts, startSshd, type TestSshd } from './sshd';

jest.setTimeout(60_000);

/** Shells that people have as their login's, with the file that each one reads before an SSH command. */
const SHELLS = [
  ['bash', '.bashrc'],
  ['zsh', '.zshenv'],
  ['fish', '.config/fish/config.fish'],
].filter(([shell]) => existsSync(`/usr/bin/${shell}`)) as [string, string][];

/** What start-up files say on stdout; the first ones decode as base64. */
const NOISE = ['Agent pid 4711', 'eth0', 'test', 'PROD', 'claim=someone 1', '##bigswitch {"changed":true}', 'end=1'];

/** What start-up files of bash do besides. */
const HABITS = {
  stderr: 'echo "stdin: is not a tty" >&2',
  'set -u and -e': 'set -eu',
  'a line without an end': 'printf "%s" PROD',
  'bytes that are no text': `printf '\\377\\376'`,
  aliases: `shopt -s expand_aliases; alias sh=false base64=cat timeout=false sed=false cat=false printf=false`,
  'functions for children': 'base64() { echo no; }; sed() { echo no; }; export -f base64 sed',
  'files for other shells': `echo 'echo PROD' >"$HOME/env"; export ENV="$HOME/env" BASH_ENV="$HOME/env"`,
  'another folder and mask': 'cd /tmp; umask 777',
  'variables that tools obey': 'export POSIXLY_CORRECT=1 LC_ALL=nowhere CDPATH=/ TAR_OPTIONS=-v GREP_OPTIONS=-v',
  'a trap': 'trap "echo bye" EXIT',
  'more than a pipe holds': 'yes PROD | head -n 50000',
};

let sshd: TestSshd;
let world: ReturnType<typeof loopbackHosts>;
const host = () => world.ref('old-1');

afterEach(async () => {
  await world.hosts.close();
  await sshd.stop();
});

async function loginWith(shell: string, files: Record<string, string>): Promise<void> {
  sshd = await startSshd(shell === 'bash' ? [] : [`ForceCommand exec /usr/bin/${shell} -c "$SSH_ORIGINAL_COMMAND"`]);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(sshd.folder, name)), { recursive: true });
    writeFileSync(join(sshd.folder, name), text);
  }
  world = loopbackHosts(sshd);
}

/** Asks in every way in which the code asks. */
async function expectOnlyAnswers(): Promise<void> {
  const file = join(sshd.folder, 'config');
  writeFileSync(file, 'DB_PASSWORD=hunter2\n');
  expect(await world.hosts.ask(host(), 'echo x')).toBe('x\n');
  expect(await world.hosts.read(host(), 'echo "grün" ; echo oops >&2; exit 3')).toEqual({
    code: 3,
    stdout: 'grün\n',
    stderr: 'oops\n',
  });
  expect(await world.hosts.ask(host(), `bash -c 'echo "$0"' inner`)).toBe('inner\n');
  expect(await readHostFile(world.hosts, host(), file)).toBe('DB_PASSWORD=hunter2\n');
  const step = fileStep({ phase: 'join', id: 'file', summary: 'write', path: file, content: 'after' });
  expect(await world.hosts.apply(host(), step)).toMatchObject({ changed: true });
  expect((await world.hosts.recorded(host())).steps.map(({ step: id }) => id)).toEqual(['file']);
  expect(await world.hosts.undo(host())).toMatchObject({ undone: ['file'] });
  expect(await readHostFile(world.hosts, host(), file)).toBe('DB_PASSWORD=hunter2\n');
}

describe.each(SHELLS)('a login by %s', (shell, file) => {
  it('may print what it wants before the script: none of it is an answer', async () => {
    await loginWith(shell, { [file]: NOISE.map((line) => `echo '${line}'\n`).join('') });
    await expectOnlyAnswers();
  });

  it('may give its commands other names', async () => {
    const names = ['sh', 'sudo', 'timeout', 'env', 'base64', 'cat', 'sed', 'exec', 'read', 'export'];
    const text = names.map((name) => `alias ${name}='echo no'\n`).join('');
    await loginWith(shell, { [file]: shell === 'bash' ? `shopt -s expand_aliases\n${text}` : text });
    expect(await world.hosts.ask(host(), 'echo x')).toBe('x\n');
  });
});

describe('a start-up file of bash', () => {
  it.each(Object.entries(HABITS))('with %s changes no answer', async (_name, text) => {
    await loginWith('bash', { '.bashrc': `${text}\n` });
    await expectOnlyAnswers();
  });

  it('is read by no bash within a script, also where the login is by another shell', async () => {
    await loginWith('dash', { '.bashrc': 'echo PROD\n', '.profile': 'echo PROD\n' });
    expect(await world.hosts.ask(host(), `bash -c 'echo inner'`)).toBe('inner\n');
  });

  it('may leave something that goes on talking', async () => {
    await loginWith('bash', { '.bashrc': '(for i in $(seq 300); do printf "PROD"; sleep 0.02; done) &\n' });
    expect(await world.hosts.ask(host(), 'for i in 1 2 3; do echo $i; sleep 0.1; done')).toBe('1\n2\n3\n');
  });

  it.each(['exec 2>/dev/null', 'exec 2>&1'])('that says "%s" changes no answer', async (text) => {
    await loginWith('bash', { '.bashrc': `${text}\n` });
    const read = await world.hosts.read(host(), 'echo x; echo oops >&2; exit 3');
    expect(read).toMatchObject({ code: 3, stdout: 'x\n' });
  });

  it('that ends the login is an error, and never what the script said', async () => {
    await loginWith('bash', { '.bashrc': 'echo "not here" >&2; exit 1\n' });
    await expect(world.hosts.read(host(), 'true')).rejects.toMatchObject({
      type: SCRIPT_NOT_BEGUN,
      message: expect.stringMatching(/^old-1: the script did not begin.*exit code 1.*not here/s) as string,
    });
  });

  it('that ends the login with success is an error too', async () => {
    await loginWith('bash', { '.bashrc': 'exit 0\n' });
    await expect(world.hosts.read(host(), 'true')).rejects.toMatchObject({ type: SCRIPT_NOT_BEGUN });
  });

  it('that takes the beginning of the script away is an error, and nothing of it is run', async () => {
    await loginWith('bash', { '.bashrc': 'read -r first; head -c 7 >/dev/null\n' });
    const touched = join(sshd.folder, 'touched');
    const step = fileStep({ phase: 'join', id: 'file', summary: 'write', path: touched, content: 'x' });
    await expect(world.hosts.apply(host(), step)).rejects.toMatchObject({ type: SCRIPT_NOT_BEGUN });
    rmSync(join(sshd.folder, '.bashrc'));
    expect(await world.hosts.read(host(), `ls ${touched}`)).toMatchObject({ code: 2 });
  });
});

it('a login that runs something else instead is an error', async () => {
  await loginWith('bash', {});
  await world.hosts.close();
  await sshd.stop();
  sshd = await startSshd(['ForceCommand echo x']);
  world = loopbackHosts(sshd);
  await expect(world.hosts.ask(host(), 'echo x')).rejects.toMatchObject({ type: SCRIPT_NOT_BEGUN });
});
