import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manual } from '../../src/cli/manual';

const root = join(__dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test('docs/CLI.md is what the program prints; npm run manual writes it', () => {
  expect(read('docs/CLI.md')).toBe(manual());
});

describe('bigswitch in the docs', () => {
  const sections = new Map(
    manual()
      .split(/^## bigswitch /m)
      .slice(1)
      .map((section) => [section.split('\n', 1)[0], section]),
  );
  const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];
  const quoted = pages
    .filter((page) => page.endsWith('.md') && page !== 'docs/CLI.md')
    .flatMap((page) => [...read(page).matchAll(/(?:^|`)bigswitch ([a-z]+(?:-[a-z]+)*)\b(?! {2})([^`\n#|]*)/gm)]);

  test('has commands and flags that are there', () => {
    expect(quoted.length).toBeGreaterThan(10);
    for (const [line, name, rest = ''] of quoted) {
      expect([line, sections.has(name)]).toEqual([line, true]);
      for (const flag of rest.match(/--[a-z-]+/g) ?? []) {
        expect([line, (sections.get(name) ?? '').includes(flag) || manual().includes(`  ${flag} `)]).toEqual([
          line,
          true,
        ]);
      }
    }
  });
});
