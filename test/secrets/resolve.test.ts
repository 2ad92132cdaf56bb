import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecrets } from '../../src/secrets/resolve';

describe('createSecrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function file(name: string, content: string, mode = 0o600): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    chmodSync(path, mode);
    return `file:${path}`;
  }

  it('reads a file without its last line end, and each time afresh', async () => {
    const secrets = createSecrets();
    const ref = file('one', 'hush hush\n\n');
    await expect(secrets.resolve(ref)).resolves.toBe('hush hush\n');
    file('one', 'other\r\n');
    await expect(secrets.resolve(ref)).resolves.toBe('other');
  });

  it('refuses what is no UTF-8, without showing it', async () => {
    writeFileSync(join(folder, 'latin1'), Buffer.from('hüsh', 'latin1'), { mode: 0o600 });
    await expect(createSecrets().resolve(`file:${folder}/latin1`)).rejects.toThrow(/latin1 is not in UTF-8/);
    await expect(createSecrets({ env: { PW: 'h\uFFFDsh' } }).resolve('env:PW')).rejects.toThrow(
      /env:PW is not in UTF-8/,
    );
  });

  it('warns once of a file that others can read, by its path', async () => {
    const warnings: string[] = [];
    const secrets = createSecrets({ warn: (message) => warnings.push(message) });
    const ref = file('open', 'hush', 0o644);
    await secrets.resolve(ref);
    await secrets.resolve(ref);
    await secrets.resolve(file('closed', 'hush'));
    expect(warnings).toEqual([expect.stringContaining('chmod 600')]);
    expect(warnings[0]).not.toContain('hush');
  });

  it('reads the environment', async () => {
    await expect(createSecrets({ env: { PW: 'x' } }).resolve('env:PW')).resolves.toBe('x');
  });

  it.each([
    ['env:NOT_THERE', /env:NOT_THERE is not in this worker's environment/],
    ['env:EMPTY', /env:EMPTY is empty/],
    ['file:/not/there', /file:\/not\/there can't be read on this worker \(ENOENT\)/],
    ['file:relative', /absolute path/],
    ['hunter2', /^a secret is not a reference/],
  ])('refuses %s for good', async (ref, message) => {
    const secrets = createSecrets({ env: { EMPTY: '' } });
    await expect(secrets.resolve(ref)).rejects.toMatchObject({
      type: 'SecretMissing',
      nonRetryable: true,
      message: expect.stringMatching(message),
    });
  });
});
