import { fileDiff, withoutSecrets } from '../../../src/dry-run/hosts/diff';
import { readEnv, setEnv } from '../../../src/hosts/app-config/env/edit';

/** Files of apps as their owners write them, each with a secret that no list of names would find. */
const FILES: [string, 'yaml' | 'json' | 'env' | 'text', string][] = [
  ['a data source', 'yaml', 'es: http://old\ndb: "shop:hunter2@tcp(db)/x"\n'],
  ['a short name', 'json', '{"es":"http://old","pwd":"hunter2","nested":{"auth":["hunter2"]}}'],
  ['a block', 'yaml', 'es: http://old\npassword: >\n  hunter2\n  hunter2\n'],
  ['a key that is the secret', 'yaml', 'es: http://old\n"hunter2": true\n'],
  ['a mail server', 'env', 'es=http://old\nsmtp_pwd = hunter2\nAUTH=hunter2\n'],
  ['an old address', 'env', 'es=http://u:hunter2@x@old/\n'],
  ['a server of another kind', 'text', 'requirepass hunter2\nAuthorization: Basic hunter2\n'],
  ['no format at all', 'json', '{"es": hunter2'],
];

test.each(FILES)('of a file with %s nothing is shown but what we write', (_name, format, before) => {
  const after = before.replaceAll('http://old', 'https://new').replace('requirepass', 'maxmemory 1\nrequirepass');
  const shows = format === 'text' ? undefined : { format, keys: { es: 'new' as const } };
  for (const was of [before, undefined]) {
    const diff = fileDiff('/etc/shop/app', was, after, true, shows);
    expect(diff).not.toContain('hunter2');
    expect(diff).toMatch(/https:\/\/new|SHA-256|not shown|\[secret\]/);
  }
  expect(fileDiff('/etc/shop/app', before, after, true)).not.toContain('hunter2');
  // What stood in the place of a file of ours is somebody else's.
  expect(fileDiff('/etc/shop/app', before, 'ours\n', true, 'all')).not.toContain('hunter2');
});

test('of a key that we write the new value is shown, and that there was one', () => {
  const shows = { format: 'yaml' as const, keys: { es: 'new' as const } };
  expect(fileDiff('/a', 'es: http://old\nother: 1\n', 'es: https://new\nother: 2\n', true, shows)).toBe(
    '--- /a\n+++ /a\n-es: [was]\n+es: https://new\n [and 1 more key, not shown]',
  );
});

/** Lines that an ordinary user of a host may write; each would take minutes where a pattern goes back and forth. */
const LONG = 200_000;
const HOSTILE: [string, string][] = [
  ['words of secrets', `{"note":"${'pass'.repeat(LONG / 4)}","es":"http://old"}`],
  ['hexadecimal digits', 'a'.repeat(LONG)],
  ['spaces', `A=${' '.repeat(LONG)}x`],
  ['addresses', 'http://'.repeat(LONG / 7)],
  ['dollars', '$6$'.repeat(LONG / 3)],
  ['beginnings of keys', '-----BEGIN A-----\n'.repeat(LONG / 18)],
  ['equals', `x${'='.repeat(LONG)}`],
];

// Each of these ended in minutes or never before; the test's own time limit is what would tell.
test.each(HOSTILE)('a line of %s holds up nobody', (_name, line) => {
  expect(withoutSecrets(line).length).toBeLessThanOrEqual(line.length + 1);
  expect(typeof readEnv(line)).toBe('object');
  expect(setEnv(`${line}\nB=1\n`, 'B', '2', 'refuse')).toContain('B=2');
});

test('of files that have little in common only the sizes are told, and soon', () => {
  const lines = (name: string) => Array.from({ length: 10_000 }, (_, n) => `${name} ${n}`).join('\n');
  const begun = Date.now();
  expect(fileDiff('/x', lines('a'), lines('b'), false)).toMatch(/^--- \/x\n\+\+\+ \/x\n-\[10,000 lines/);
  expect(Date.now() - begun).toBeLessThan(5_000);
});
