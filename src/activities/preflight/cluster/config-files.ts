import type { Check } from '../../../contract/evidence';
import { list } from '../../../text/format';
import { failed, judged, warned } from '../check';
import type { ConfigFolder } from './config-folder';

/** A file in which nothing stands is as good as none. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** No request notices these, and memory fits the machine. */
const QUIET = /^(jvm\.options(\.d\/.*)?|log4j2\.properties)$/;
/** Files that get a check of their own; the rest is counted. */
const SHOWN = 20;

/**
 * Whether each file that lies beside an old node's elasticsearch.yml lies on every new host: accounts and roles of the file
 * realm, synonyms, dictionaries, scripts. Only names are told, never what stands in them. Pure.
 */
export function configFileChecks(old: ConfigFolder[], fresh: ConfigFolder[]): Check[] {
  const paths = [...new Set(old.flatMap(({ files, unread }) => [...files.keys(), ...unread.keys()]))].sort();
  const found = paths.flatMap((path) => difference(old, fresh, path));
  const [quiet, loud] = [
    found.filter(({ result }) => result === 'warn'),
    found.filter(({ result }) => result !== 'warn'),
  ];
  const rest = loud.slice(SHOWN).map(({ subject }) => subject);
  return judged(
    'config-files',
    [
      ...loud.slice(0, SHOWN),
      ...(rest.length === 0
        ? []
        : [failed('config-files', '', `${rest.length} more differ: ${list(rest)}`, 'as above')]),
      ...[...old, ...fresh].filter(({ isWhole }) => !isWhole).map(notWhole),
      ...quiet,
    ],
    'each file beside elasticsearch.yml of an old node is the same on every new host',
  );
}

function difference(old: ConfigFolder[], fresh: ConfigFolder[], path: string): Check[] {
  const hidden = [...old, ...fresh].filter(({ unread }) => unread.has(path));
  if (hidden.length > 0) {
    const why = [...new Set(hidden.map(({ unread }) => unread.get(path) ?? ''))].join(' and ');
    const seen = `${path} is ${why} on ${names(hidden)}: it is not compared`;
    return [failed('config-files', path, seen, `compare it by hand, then waive config-files:${path}`)];
  }
  const has = old.filter((folder) => contentOf(folder, path) !== undefined);
  const wanted = has.map((folder) => contentOf(folder, path));
  const lacks = fresh.filter((folder) => contentOf(folder, path) === undefined);
  const differs = fresh.filter((folder) => !lacks.includes(folder) && !wanted.includes(contentOf(folder, path)));
  if (has.length === 0 || lacks.length + differs.length === 0) return [];
  const now = [
    ...(lacks.length > 0 ? [`missing or empty on ${names(lacks)}`] : []),
    ...(differs.length > 0 ? [`not the same on ${names(differs)}`] : []),
  ];
  const seen = `${path} is on ${names(has)}, and ${now.join(', ')}`;
  const copy = `copy ${path} from ${has[0]?.host ?? ''} into the folder of elasticsearch.yml there, with its owner and mode`;
  if (QUIET.test(path)) return [warned('config-files', path, seen, `${copy}, if it is to be the same there`)];
  return [failed('config-files', path, seen, `${copy}; or waive config-files:${path} if the new nodes need it not`)];
}

/** The hash of a file; undefined where there is none, or nothing in it. */
function contentOf({ files }: ConfigFolder, path: string): string | undefined {
  const hash = files.get(path);
  return hash === EMPTY ? undefined : hash;
}

function notWhole({ host }: ConfigFolder): Check {
  const seen = 'has more files beside elasticsearch.yml than could be read in one look';
  return failed('config-files', host, seen, `compare the folders by hand, then waive config-files:${host}`);
}

function names(folders: ConfigFolder[]): string {
  return list(folders.map(({ host }) => host));
}
