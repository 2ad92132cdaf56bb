import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Folder that survives between runs: `$BIGSWITCH_CACHE`, or `~/.cache/bigswitch`. */
export function cacheFolder(): string {
  return process.env.BIGSWITCH_CACHE ?? join(homedir(), '.cache', 'bigswitch');
}

/** Path inside the cache folder. */
export function inCache(...parts: string[]): string {
  return join(cacheFolder(), ...parts);
}

/**
 * Makes a file or folder of the cache unless it is there. It is made elsewhere and renamed when complete, so that a
 * killed set-up never leaves half of it.
 * @param target absolute path inside the cache folder
 * @param make receives an empty folder to work in and answers the path of the finished thing
 * @returns whether it had to be made
 * @throws what `make` throws; nothing is left at `target` then
 */
export async function makeOnce(target: string, make: (folder: string) => Promise<string>): Promise<boolean> {
  if (existsSync(target)) return false;
  mkdirSync(dirname(target), { recursive: true });
  const folder = mkdtempSync(join(cacheFolder(), 'making-'));
  try {
    renameSync(await make(folder), target);
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
