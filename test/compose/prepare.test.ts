import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import execa from 'execa';

const script = join(__dirname, '..', '..', 'deploy', 'prepare');

describe('deploy/prepare', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bigswitch-prepare-'));
  const copy = join(folder, 'deploy', 'prepare');
  mkdirSync(join(folder, 'deploy'));
  cpSync(script, copy);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const mode = (path: string) => (statSync(join(folder, path)).mode & 0o777).toString(8);
  const root = process.getuid?.() === 0;
  const users = () =>
    Object.fromEntries(
      readFileSync(join(folder, '.env'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split('=')),
    ) as Record<string, string>;
  const password = () => readFileSync(join(folder, 'deploy/secrets/database-password'), 'utf8');

  test('makes the password and the folder for keys, for nobody else to read, and shows no secret', async () => {
    const { stdout, stderr } = await execa(copy);
    expect(password()).toMatch(/^[0-9a-f]{64}$/);
    expect(stdout + stderr).not.toContain(password());
    expect(mode('deploy/secrets')).toBe('700');
    expect(mode('deploy/secrets/keys')).toBe('700');
    expect(Object.keys(users())).toEqual([
      ...['BIGSWITCH_SERVER_UID', 'BIGSWITCH_UI_UID', 'BIGSWITCH_UID', 'BIGSWITCH_GID'],
    ]);
  });

  test('chooses users that nobody on this machine is, and no two the same', async () => {
    const { BIGSWITCH_SERVER_UID: server = '', BIGSWITCH_UI_UID: ui = '', BIGSWITCH_UID: worker = '' } = users();
    expect(new Set([server, ui, worker]).size).toBe(3);
    for (const uid of root ? [server, ui, worker] : [server, ui]) {
      await expect(execa('getent', ['passwd', uid])).rejects.toMatchObject({ exitCode: 2 });
      expect(Number(uid)).toBeGreaterThan(65_535);
    }
  });

  test('refuses a user whom somebody is, and names him', async () => {
    const before = readFileSync(join(folder, '.env'), 'utf8');
    const known = root ? '1' : '0';
    writeFileSync(join(folder, '.env'), before.replace(/^BIGSWITCH_UID=.*$/m, `BIGSWITCH_UID=${known}`));
    const { stdout: passwd } = await execa('getent', ['passwd', known]);
    await expect(execa(copy)).rejects.toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`BIGSWITCH_UID=${known} in .env is ${passwd.split(':')[0]} on this machine`),
    });
    writeFileSync(join(folder, '.env'), before);
  });

  test('changes nothing the second time', async () => {
    const before = [password(), readFileSync(join(folder, '.env'), 'utf8')];
    await execa(copy);
    expect([password(), readFileSync(join(folder, '.env'), 'utf8')]).toEqual(before);
  });

  test('gives root’s keys to the worker', async () => {
    const key = join(folder, 'deploy/secrets/keys/id_ed25519');
    writeFileSync(key, 'the key', { mode: 0o644 });
    const { stdout } = await execa(copy);
    expect(statSync(key).uid).toBe(Number(users()['BIGSWITCH_UID']));
    expect(mode('deploy/secrets/keys/id_ed25519')).toBe('600');
    expect(stdout.includes('run deploy/prepare again')).toBe(process.getuid?.() === 0);
  });

  (root ? test : test.skip)('no user of this machine reads the key through a process of the worker', async () => {
    const { BIGSWITCH_UID: worker = '', BIGSWITCH_GID: group = '' } = users();
    const keys = join(folder, 'deploy/secrets/keys');
    // As a container has it: the keys alone, in a mount namespace of its own, read by the worker's user.
    const inside = `mount --bind ${keys} /mnt && exec setpriv --reuid=${worker} --regid=${group} --clear-groups sh -c 'cat /mnt/id_ed25519; exec sleep 600'`;
    const container = execa('unshare', ['--mount', 'sh', '-c', inside]);
    try {
      await once(container.stdout ?? container, 'data');
      const { stdout: passwd } = await execa('getent', ['passwd']);
      const known = passwd
        .split('\n')
        .map((line) => line.split(':')[2] ?? '')
        .filter((uid) => uid !== '0');
      for (const uid of [...new Set([...known, '1000'])]) {
        const as = ['--clear-groups', `--reuid=${uid}`, `--regid=${uid}`];
        const read = execa('setpriv', [...as, 'cat', `/proc/${container.pid}/root/mnt/id_ed25519`]);
        await expect(read).rejects.toMatchObject({ stdout: '', stderr: expect.stringContaining('Permission denied') });
      }
    } finally {
      container.kill();
      await container.catch(() => undefined);
    }
  });

  test('refuses what it does not know, and has help', async () => {
    await expect(execa(copy, ['--force'])).rejects.toMatchObject({ exitCode: 2 });
    await expect(execa(copy, ['--help'])).resolves.toMatchObject({ exitCode: 0 });
  });
});
