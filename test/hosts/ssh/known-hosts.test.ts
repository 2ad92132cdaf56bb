import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprint, PinnedKeys } from '../../../src/hosts/ssh/known-hosts';

const key = Buffer.from('a key');
const other = Buffer.from('another key');
const line = (hosts: string, shown = key) => `${hosts} ssh-ed25519 ${shown.toString('base64')} comment\n`;
const judge = (text: string, address = '198.18.1.11', port = 22) => PinnedKeys.of(text, address, port).judge(key);

describe('known_hosts', () => {
  it('knows plain names, lists, wildcards and ports', () => {
    expect(judge(line('198.18.1.11'))).toBe('known');
    expect(judge(line('old-1,198.18.1.11'))).toBe('known');
    expect(judge(line('198.18.1.*'))).toBe('known');
    expect(judge(line('198.18.1.1?'))).toBe('known');
    expect(judge(line('[198.18.1.11]:2222'), '198.18.1.11', 2222)).toBe('known');
  });

  it('does not take a name for another one', () => {
    expect(judge(line('198.18.1.110'))).toBe('unknown');
    expect(judge(line('198a18.1.11'))).toBe('unknown');
    expect(judge(line('198.18.1.11'), '198.18.1.11', 2222)).toBe('unknown');
    expect(judge(line('198.18.1.*,!198.18.1.11'))).toBe('unknown');
  });

  it('tells unknown, changed and revoked apart', () => {
    expect(judge('')).toBe('unknown');
    expect(judge(`# comment\n\n#${line('198.18.1.11')}`)).toBe('unknown');
    expect(judge(line('198.18.1.11', other))).toBe('changed');
    expect(judge(line('198.18.1.11', other) + line('198.18.1.11'))).toBe('known');
    expect(judge(line('198.18.1.11') + line('@revoked *'))).toBe('revoked');
    expect(judge(line('@cert-authority *'))).toBe('unknown');
  });

  it('asks only for kinds of key that it can judge; RSA never with SHA-1', () => {
    const text = `h ssh-rsa AAAA\nh ecdsa-sha2-nistp256 BBBB\nx ssh-ed25519 CCCC\n`;
    expect(PinnedKeys.of(text, 'h', 22).algorithms()).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ecdsa-sha2-nistp256']);
  });

  it('knows entries that ssh-keygen hashed, and shows its fingerprint', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bigswitch-known-'));
    try {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
      const [type, base64 = ''] = readFileSync(join(folder, 'key.pub'), 'utf8').split(' ');
      const file = join(folder, 'known_hosts');
      writeFileSync(file, `198.18.1.11 ${type} ${base64}\n[198.18.1.12]:2222 ${type} ${base64}\n`);
      execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
      const text = readFileSync(file, 'utf8');
      expect(text).not.toContain('198.18.1.11');
      const wire = Buffer.from(base64, 'base64');
      expect(PinnedKeys.of(text, '198.18.1.11', 22).judge(wire)).toBe('known');
      expect(PinnedKeys.of(text, '198.18.1.12', 2222).judge(wire)).toBe('known');
      expect(PinnedKeys.of(text, '198.18.1.12', 22).judge(wire)).toBe('unknown');
      const shown = execFileSync('ssh-keygen', ['-lf', join(folder, 'key.pub')]).toString();
      expect(shown).toContain(fingerprint(wire));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
