import { readFileSync } from 'node:fs';
import execa from 'execa';

/** What Elasticsearch's bootstrap check demands of a machine. */
const WANTED_MAP_COUNT = 262_144;
const MAP_COUNT_FILE = '/proc/sys/vm/max_map_count';

/**
 * Raises `vm.max_map_count` of this machine, which containers share, where it is too low.
 * @returns what it was before, when it was changed
 * @throws Error that says what to do when it is too low and may not be changed
 */
export async function raiseMapCount(): Promise<number | undefined> {
  const current = Number(readFileSync(MAP_COUNT_FILE, 'utf8'));
  if (current >= WANTED_MAP_COUNT) return undefined;
  if (process.getuid?.() !== 0) {
    throw new Error(
      `vm.max_map_count is ${current} and Elasticsearch needs ${WANTED_MAP_COUNT}; run: sudo sysctl -w vm.max_map_count=${WANTED_MAP_COUNT}`,
    );
  }
  await setMapCount(WANTED_MAP_COUNT);
  return current;
}

/** Puts `vm.max_map_count` back. */
export async function setMapCount(value: number): Promise<void> {
  await execa('sysctl', ['-q', '-w', `vm.max_map_count=${value}`]);
}
