import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { MissingError } from './command';

/** Where a system keeps its Javas. */
const JAVAS = '/usr/lib/jvm';
/** Java that Elasticsearch 9 asks for at least; Debian 12 has 17. */
const NEEDED = 21;

/**
 * The Java of this machine that the nodes of an Elasticsearch version run on; undefined where that of the hosts' own system will do.
 * @param esVersion for example 9.2.0
 * @param folders where to look, those that are looked at first first
 * @throws MissingError when one is needed and none is there
 */
export function jdkFor(esVersion: string, folders = installed()): string | undefined {
  if (Number.parseInt(esVersion, 10) < 9) return undefined;
  const found = folders
    .filter((folder) => existsSync(join(folder, 'bin', 'java')))
    .map((folder) => ({ folder: realpathSync(folder), major: majorOf(folder) }))
    .filter(({ major }) => major >= NEEDED)
    .sort((a, b) => b.major - a.major);
  if (found[0]) return found[0].folder;
  const what = `a JDK of version ${NEEDED} or later for Elasticsearch ${esVersion}: unpack one under ${JAVAS}, or name it by JAVA_HOME`;
  throw new MissingError([what]);
}

function installed(): string[] {
  const named = process.env.JAVA_HOME;
  const there = existsSync(JAVAS) ? readdirSync(JAVAS).sort() : [];
  return [...(named ? [named] : []), ...there.map((name) => join(JAVAS, name))];
}

/** Major version of a Java by its file `release`; 0 where that does not say. */
function majorOf(folder: string): number {
  const file = join(folder, 'release');
  const said = existsSync(file) ? /^JAVA_VERSION="(\d+)/m.exec(readFileSync(file, 'utf8')) : null;
  return said ? Number(said[1]) : 0;
}
