import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { namedImages } from '../../../lab/setup/stand-ins';

const ROOT = join(__dirname, '..', '..', '..');

test('every image that compose and the Dockerfile take from elsewhere is named, and each once', () => {
  const names = namedImages().map(({ name, tag }) => `${name}:${tag}`);
  expect(names).toEqual([...new Set(names)]);
  expect(names).toEqual(expect.arrayContaining(['postgres:16.10-bookworm', 'node:20.19-bookworm-slim']));
  expect(names.some((name) => name.startsWith('bigswitch'))).toBe(false);
});

test('each has a stage in the stand-ins', () => {
  const stages = [...readFileSync(join(ROOT, 'lab/stand-ins/Dockerfile'), 'utf8').matchAll(/^FROM \S+ AS (\S+)/gm)].map(
    ([, stage]) => stage,
  );
  const source = readFileSync(join(ROOT, 'lab/setup/stand-ins.ts'), 'utf8');
  const without = namedImages().filter(
    ({ name }) => !stages.some((stage) => new RegExp(`'?${name}'?: '${stage}'`).test(source)),
  );
  expect(without.map(({ name }) => name)).toEqual([]);
});
