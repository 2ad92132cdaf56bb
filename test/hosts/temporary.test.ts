import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { frontLookScript } from '../../src/activities/front/proof';
import { applyScript } from '../../src/hosts/ledger/scripts';
import { undoScript } from '../../src/hosts/ledger/undo-scripts';
import { scriptForStdin, TEMPORARY_FOLDER } from '../../src/hosts/script';
import { testPlan } from '../elasticsearch/world';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bigswitch-temporary-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Starts a script as a host does, with a temporary folder of its own, and in a process group of its own as `timeout` does. */
function start(script: string, secrets?: Record<string, string>) {
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn('sh', ['-s'], { stdio: ['pipe', 'pipe', 'ignore'], env, detached: true });
  child.stdin.end(scriptForStdin(script, secrets));
  return child;
}

describe('what a script keeps for its own time', () => {
  it('is there while it runs, and gone afterwards', async () => {
    const child = start(`${TEMPORARY_FOLDER}ls -d "$TEMP"`);
    const [seen] = (await once(child.stdout, 'data')) as [Buffer];
    expect(seen.toString()).toMatch(`${folder}/`);
    if (child.exitCode === null) await once(child, 'exit');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is gone when time has run out', async () => {
    const child = start(`${TEMPORARY_FOLDER}echo begun; while :; do sleep 0.1; done`);
    await once(child.stdout, 'data');
    expect(readdirSync(folder)).toHaveLength(1);
    process.kill(-child.pid!, 'SIGTERM');
    expect(await once(child, 'exit')).toEqual([143, null]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is gone when the connection was lost while a front was looked at', async () => {
    const nodes = [1, 2, 3].map((n) => ({ name: `new-${n}`, address: `127.0.6.${n}` }));
    const child = start(frontLookScript(testPlan([{ name: 'old-1', address: '127.0.5.1' }], nodes)), {
      FRONT_USER: 'user = "app:secret"',
      WRONG_USER: 'user = "app:wrong"',
      LOGIN: '',
    });
    child.stdout.destroy();
    expect(await once(child, 'exit')).toEqual([143, null]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['apply', 'undo'])('is gone when a step was killed in its %s', async (part) => {
    const place = { migration: 'shop', root: join(folder, 'ledger'), locks: folder, lockSeconds: 5 };
    const step = {
      ...{ phase: 'bridge' as const, id: 'one', summary: 'one', check: 'false', verify: 'true' },
      apply: part === 'apply' ? 'echo begun; kill -9 $$' : 'echo begun',
      undo: 'echo undoing; kill -9 $(ps -o ppid= -p $$)',
    };
    mkdirSync(join(folder, 'temporary'));
    const run = (script: string) =>
      spawnSync('sh', ['-s'], {
        input: scriptForStdin(script),
        env: { ...process.env, TMPDIR: join(folder, 'temporary') },
      });
    const applied = run(applyScript(place, 'old-1', step));
    const killed = part === 'apply' ? applied : run(undoScript(place, {}));
    expect(killed.signal).toBe('SIGKILL');
    expect(readdirSync(join(folder, 'temporary'))).toEqual([]);
  });

  it('is made in one way only; a step alone has another, since it goes on without its connection', () => {
    const source = join(__dirname, '../../src');
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const making = files.filter((name) => readFileSync(join(source, name), 'utf8').includes('mktemp'));
    expect(making.sort()).toEqual(['hosts/ledger/place.ts', 'hosts/script.ts']);
  });
});
