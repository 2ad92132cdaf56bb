import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { hostTraces } from '../../../src/activities/teardown/traces';
import { simulatedWorld } from '../../support/cluster/world';

const root = mkdtempSync(join(tmpdir(), 'bigswitch-traces-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Looks at new-1 as if its root were a folder of the test; every other host is clean. */
async function look(home: 'old' | 'new'): Promise<string[]> {
  const { scope, hosts } = simulatedWorld('moved');
  hosts.tell((host, script) => {
    if (host !== 'new-1') return { stdout: 'looked\n' };
    const here = script.replaceAll(/\/(etc|var|sys|run)\//g, `${root}/$1/`);
    return { stdout: execFileSync('sh', ['-c', here], { encoding: 'utf8' }) };
  });
  const { problems } = await hostTraces(scope, home);
  return problems.filter((problem) => problem.includes(root)).map((problem) => problem.replace(root, ''));
}

const FRONT = [
  '/etc/haproxy/bigswitch.cfg',
  '/etc/systemd/system/haproxy.service.d/bigswitch.conf',
  '/etc/haproxy/bigswitch/nodes-ca.pem',
  '/etc/haproxy/bigswitch/front.pem',
  '/etc/haproxy/bigswitch/front.pem.key',
];

describe('what is left of a front', () => {
  beforeAll(() => {
    for (const path of FRONT) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      // The certificate's links lead nowhere when the operator has taken the files away: they are left all the same.
      if (path.includes('.pem')) symlinkSync('/nowhere', join(root, path));
      else writeFileSync(join(root, path), '');
    }
  });

  test('is told when all is to be as it was', async () => {
    expect(await look('old')).toEqual(FRONT.map((path) => `new-1: file ${path}`));
  });

  test('is what was wanted after a migration', async () => {
    expect(await look('new')).toEqual([]);
  });
});
