import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPlan } from '../../src/plan/load';
import { EXAMPLES } from './minimal';

describe('loadPlan', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bigswitch-plan-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const write = (text: string): string => {
    const path = join(folder, 'plan.yaml');
    writeFileSync(path, text);
    return path;
  };

  test('reads YAML and JSON', () => {
    expect(loadPlan(join(EXAMPLES, 'plan.yaml')).name).toBe('shop');
    expect(loadPlan(join(EXAMPLES, 'plan.json')).name).toBe('shop');
  });

  test('says which file can’t be read', () => {
    const path = join(folder, 'nowhere.yaml');
    expect(() => loadPlan(path)).toThrow(`${path}: can't be read (ENOENT`);
  });

  test.each([
    ['broken YAML', 'hosts: [a'],
    ['a key twice', 'version: 1\nversion: 1'],
    ['two documents', 'version: 1\n---\nversion: 1'],
    ['an alias of nothing', 'version: *one'],
    [
      'aliases that grow without end',
      [
        'a: &a [x, x, x, x, x, x, x, x, x]',
        ...'bcdefgh'.split('').map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefg'[i]}`).join(', ')}]`),
      ].join('\n'),
    ],
  ])('refuses %s as no valid YAML, with the file', (_what, text) => {
    const path = write(text);
    expect(() => loadPlan(path)).toThrow(`${path}: is not valid YAML or JSON: `);
  });

  test('refuses what is no UTF-8, and takes a byte order mark', () => {
    const path = write('');
    writeFileSync(path, Buffer.from('name: büro', 'latin1'));
    expect(() => loadPlan(path)).toThrow(`${path}: is not in UTF-8`);
    writeFileSync(path, '\uFEFF{"name": "x"}');
    expect(() => loadPlan(path)).toThrow('version');
  });

  test('refuses an empty file', () => {
    expect(() => loadPlan(write(''))).toThrow('plan: must be one JSON object');
  });
});
