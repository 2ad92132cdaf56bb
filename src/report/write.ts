import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { access, lstat, mkdir, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** What is in a report is nobody's business but its owner's. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** Others may write to the folder, but not put away what is not theirs. */
const STICKY = 0o1000;
const OTHERS_WRITE = 0o022;
const EVERYBODY_WRITES = 0o002;

/**
 * Writes a file for its owner alone, so that a reader sees the old one or the whole new one, never half; makes its folder. A link
 * that lies where the file belongs is replaced, never followed.
 * @throws Error of the file system, or when somebody else could put something in the way; with nothing left behind
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  // Before it is made: a link on the way there would have it made somewhere else.
  await refuseWay(dirname(folder));
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  await refuseOthers(folder);
  await refuseWay(folder);
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  // Only a file that is new: nothing that somebody has put there is written to.
  const file = await open(temporary, 'wx', FILE_MODE);
  try {
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Whether files can be written into a folder as above, without writing any; it need not be there yet.
 * @throws Error that says what is in the way, and where
 */
export async function refuseFolder(folder: string): Promise<void> {
  await refuseWay(folder);
  let there = resolve(folder);
  while (!(await exists(there)) && there !== dirname(there)) there = dirname(there);
  if (there === resolve(folder)) await refuseOthers(folder);
  await access(there, constants.W_OK | constants.X_OK);
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** @throws Error when a link that another user has laid, or a folder that everybody may change, is on the way to this one */
async function refuseWay(folder: string): Promise<void> {
  const self = process.getuid?.();
  if (self === undefined) return;
  for (let at = resolve(folder); at !== dirname(at); at = dirname(at)) {
    const there = await lstat(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (there?.isSymbolicLink()) {
      if (there.uid !== self && there.uid !== 0) {
        throw new Error(`${at}, on the way to ${folder}, is a link of another user; nothing is written there`);
      }
      await stat(at).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ELOOP') return;
        throw new Error(`${at}, on the way to ${folder}, is a link that leads to itself; nothing can be written there`);
      });
      await refuseWay(resolve(await realpath(dirname(at)), await readlink(at)));
    } else if (there && (there.mode & EVERYBODY_WRITES) !== 0 && (there.mode & STICKY) === 0) {
      throw new Error(`everybody may change what is in ${at}, on the way to ${folder}; nothing is written there`);
    }
  }
}

/** @throws Error when the folder, or a link that stands for it, is another user's, or others may put files away in it */
async function refuseOthers(folder: string): Promise<void> {
  const self = process.getuid?.();
  if (self === undefined) return;
  const ours = ({ uid }: Stats) => uid === self || uid === 0;
  const [named, meant] = [await lstat(folder), await stat(folder)];
  if (!ours(named) || !ours(meant)) throw new Error(`${folder} belongs to another user; nothing is written there`);
  if ((meant.mode & OTHERS_WRITE) !== 0 && (meant.mode & STICKY) === 0) {
    throw new Error(`other users may change what is in ${folder}; nothing is written there`);
  }
}
