import { execFileSync } from 'node:child_process';
import { lchownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostFacts } from '../../../../src/activities/preflight/host/facts';
import { preflightScript } from '../../../../src/activities/preflight/host/script';
import { hostRef } from '../../../../src/plan/hosts';
import { look, plan } from './fixture';

it('an app’s file that leads to another’s file by a link of neither’s owner is not read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bigswitch-app-'));
  const [path, link] = [join(folder, 'shop.env'), join(folder, 'link.env')];
  writeFileSync(path, 'ES=http://198.18.1.11:9200\n');
  symlinkSync(path, link);
  const asked = (file: string) => {
    const script = preflightScript(plan(), hostRef(plan(), 'app-1')).replaceAll('/etc/shop.env', file);
    return new HostFacts(execFileSync('sh', { input: script, stdio: ['pipe', 'pipe', 'ignore'] }).toString());
  };
  const read = (file: string) => asked(file).text('app-config');
  try {
    expect([read(path), read(link), read(join(folder, 'none'))]).toEqual([
      'ES=http://198.18.1.11:9200\n',
      'ES=http://198.18.1.11:9200\n',
      undefined,
    ]);
    if (process.getuid?.() !== 0) return;
    lchownSync(link, 59_999, 59_999);
    const found = asked(link);
    expect(found.all('app-config')).toEqual([]);
    const why = found.one('app-config-refused') ?? '';
    expect(why).toContain('by a link of UID 59999');
    const [check] = look('app-1', { 'app-config': [], 'app-config-refused': [why] }).filter(
      ({ result }) => result === 'failed',
    );
    expect(check).toMatchObject({ name: 'app-config', seen: expect.stringContaining(why) as string });
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
