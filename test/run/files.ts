import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { JEST_STAGES } from './stages';

/** Every jest test file, seen from the root of the repository; test/e2e needs the lab and has no jest tests. */
export function testFiles(root: string): string[] {
  return readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** The files of one jest stage. */
export function filesOf(stage: string, files: string[]): string[] {
  return files.filter((file) => JEST_STAGES.find(({ pattern }) => pattern.test(file))?.name === stage);
}
