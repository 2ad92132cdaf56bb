import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimScript, readClaim, readRecorded, recordedScript, releaseScript } from '../../../src/hosts/ledger/claim';
import { keepScript, keptScript, readKept, unkeepScript } from '../../../src/hosts/ledger/records';
import type { LedgerPlace } from '../../../src/hosts/ledger/place';
import { applyScript, forgetScript } from '../../../src/hosts/ledger/scripts';
import { undoScript } from '../../../src/hosts/ledger/undo-scripts';
import { scriptForStdin } from '../../../src/hosts/script';
import { envelope } from '../../../src/hosts/ssh/envelope';
import type { HostStep } from '../../../src/hosts/step';

let folder: string;
let place: LedgerPlace;
const path = (name: string) => join(folder, name);
const CLAIMER = { workflow: 'bigswitch-shop', run: 'run-1', namespace: 'default', server: 'server' };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bigswitch-cut-'));
  place = { root: path('ledger'), locks: path('locks'), migration: 'shop', lockSeconds: 1 };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(script: string) {
  const { status, stdout } = spawnSync('sh', ['-s'], { input: script, encoding: 'utf8' });
  return { status, stdout };
}

const surely = (script: string): string => {
  const { status, stdout } = run(scriptForStdin(script));
  expect(status).toBe(0);
  return stdout;
};

function touch(id: string): HostStep {
  const file = path(id);
  const [check, apply, undo] = [`[ -e ${file} ]`, `touch ${file}`, `rm -f ${file}`];
  return { phase: 'bridge', id, summary: `make ${id}`, check, apply, undo };
}

/** All beginnings of a text that end with a line, without the whole. */
function beginnings(text: string): string[] {
  const lines = text.split('\n');
  return lines.slice(0, -1).map((_line, i) => lines.slice(0, i).join('\n') + (i > 0 ? '\n' : ''));
}

describe('a script that was cut', () => {
  test('at any byte runs nothing', () => {
    const marker = path('ran');
    const whole = scriptForStdin(`touch ${marker}\ncat >${path('text')} <<'END'\n} </dev/null\nEND\n`, { KEY: "a'b" });
    // With its last brace it is whole.
    for (let end = 0; end <= whole.lastIndexOf('}'); end += 1) {
      run(whole.slice(0, end));
      if (existsSync(marker)) throw new Error(`it ran when it was cut after ${whole.slice(0, end)}`);
    }
    expect(run(whole).status).toBe(0);
    expect(existsSync(marker)).toBe(true);
  }, 120_000);

  const scripts: [string, () => string][] = [
    ['a step', () => applyScript(place, 'old-1', touch('second'))],
    ['an undo', () => undoScript(place)],
    ['a claim', () => claimScript(place, { ...CLAIMER, run: 'run-2' }, 'run-1')],
    ['a release', () => releaseScript(place, CLAIMER)],
    ['a record', () => keepScript(place, 'cluster-0001-x', { v: 2 })],
    ['the end of a record', () => unkeepScript(place, 'cluster-0001-x')],
    ['the end of all records', () => forgetScript(place)],
  ];
  test.each(scripts)(
    'at any line changes nothing: %s',
    (_what, script) => {
      surely(claimScript(place, CLAIMER));
      surely(applyScript(place, 'old-1', touch('first')));
      surely(keepScript(place, 'cluster-0001-x', { v: 1 }));
      const seen = () => {
        const files = spawnSync('sh', ['-c', 'find . -type f -exec cat {} + -o -print; readlink ledger/claim'], {
          cwd: folder,
          encoding: 'utf8',
        });
        return files.stdout.split('\n').sort();
      };
      const before = seen();
      for (const part of beginnings(scriptForStdin(script()))) {
        const { stdout } = run(part);
        expect(stdout).toBe('');
      }
      expect(seen()).toEqual(before);
      expect(run(scriptForStdin(script())).status).toBe(0);
      expect(seen()).not.toEqual(before);
    },
    120_000,
  );
});

describe('an answer that was cut', () => {
  test('at any byte is no list of steps, and none of records', () => {
    surely(applyScript(place, 'old-1', touch('first')));
    surely(applyScript(place, 'old-1', touch('second')));
    surely(keepScript(place, 'cluster-0001-x', { v: 1 }));
    surely(keepScript(place, 'cluster-0002-y', { v: 1 }));
    const steps = surely(recordedScript(place)).trimEnd();
    const records = surely(keptScript(place)).trimEnd();
    for (let end = 0; end < steps.length; end += 1) {
      expect(() => readRecorded('old-1', steps.slice(0, end))).toThrow();
    }
    for (let end = 0; end < records.length; end += 1) {
      expect(() => readKept('old-1', records.slice(0, end))).toThrow();
    }
    expect(readRecorded('old-1', steps).steps.map(({ step }) => step)).toEqual(['first', 'second']);
    expect(Object.keys(readKept('old-1', records))).toEqual(['cluster-0001-x', 'cluster-0002-y']);
  });

  test('at any byte is no claim of ours', () => {
    const answer = surely(claimScript(place, CLAIMER));
    const whole = { migration: 'shop', owner: 'bigswitch-shop', run: 'run-1', namespace: 'default', server: 'server' };
    for (let end = 0; end < answer.length; end += 1) {
      const claim = readClaim(answer.slice(0, end));
      // Base64 is whole before its padding is.
      if (claim?.run !== undefined) expect(claim).toMatchObject(whole);
    }
    expect(readClaim(answer)).toMatchObject(whole);
  });

  test('at any byte is not the end of its script, whatever the connection says', () => {
    const ref = { name: 'old-1', role: 'old' as const, ssh: { address: '', port: 22, user: '', sudo: false } };
    const sent = envelope(ref, `printf '##bigswitch {"undone":"a"}\\n##bigswitch {"undone":"b"}\\n'`, undefined, 60);
    const { stdout, stderr } = spawnSync('sh', ['-c', sent.command], { input: sent.stdin, encoding: 'utf8' });
    const answered = stdout.indexOf(sent.end);
    for (let end = 0; end < answered; end += 1) {
      expect(() => sent.open({ code: 0, stdout: stdout.slice(0, end), stderr })).toThrow();
    }
    expect(sent.open({ code: 0, stdout, stderr })).toMatchObject({ code: 0 });
  });
});

test('a record that is kept is JSON to its end', () => {
  surely(keepScript(place, 'cluster-0001-x', { v: 1 }));
  const file = path('ledger/shop/records/cluster-0001-x.json');
  const text = readFileSync(file, 'utf8');
  for (let end = 1; end < text.trimEnd().length; end += 1) {
    const base64 = Buffer.from(text.slice(0, end)).toString('base64');
    expect(() => readKept('hub', `##bigswitch record cluster-0001-x ${base64}\n##bigswitch end\n`)).toThrow();
  }
});
