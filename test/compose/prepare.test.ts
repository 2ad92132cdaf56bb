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
  const password = () => readFileSync(join(folder, 'deploy/secrets/database-password'), 'utf8');

  test('makes the password and the folder for keys, for nobody else to read, and shows no secret', async () => {
    const { stdout, stderr } = await execa(copy);
    expect(password()).toMatch(/^[0-9a-f]{64}$/);
    expect(stdout + stderr).not.toContain(password());
    expect(mode('deploy/secrets')).toBe('700');
    expect(mode('deploy/secrets/keys')).toBe('700');
    expect(readFileSync(join(folder, '.env'), 'utf8')).toMatch(/^BIGSWITCH_UID=[1-9]\d*\nBIGSWITCH_GID=[1-9]\d*\n$/);
  });

  test('changes nothing the second time', async () => {
    const before = [password(), readFileSync(join(folder, '.env'), 'utf8')];
    await execa(copy);
    expect([password(), readFileSync(join(folder, '.env'), 'utf8')]).toEqual(before);
  });

  test('gives root’s keys to the worker', async () => {
    const key = join(folder, 'deploy/secrets/keys/id_ed25519');
    writeFileSync(key, '', { mode: 0o600 });
    const { stdout } = await execa(copy);
    const worker = Number(/BIGSWITCH_UID=(\d+)/.exec(readFileSync(join(folder, '.env'), 'utf8'))?.[1]);
    expect(statSync(key).uid).toBe(worker);
    expect(stdout.includes('run deploy/prepare again')).toBe(process.getuid?.() === 0);
  });

  test('refuses what it does not know, and has help', async () => {
    await expect(execa(copy, ['--force'])).rejects.toMatchObject({ exitCode: 2 });
    await expect(execa(copy, ['--help'])).resolves.toMatchObject({ exitCode: 0 });
  });
});
