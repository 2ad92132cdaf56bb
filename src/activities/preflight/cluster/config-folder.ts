import { basename } from 'node:path';
import pMap from 'p-map';
import type { Check } from '../../../contract/evidence';
import type { Scope } from '../../../elasticsearch/scope';
import { quote } from '../../../hosts/script';
import { hostRef } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import { refused } from '../check';

/** What lies beside a host's elasticsearch.yml: a hash of each file by its path there. */
export interface ConfigFolder {
  host: string;
  files: Map<string, string>;
  /** Paths that could not be compared, and why. */
  unread: Map<string, string>;
  /** Whether there was more than a host tells of. */
  isWhole: boolean;
}

/** Files and bytes that are read of one host, and seconds after which no further file is begun. */
const MOST = { files: 1000, fileBytes: 64 * 1024 ** 2, bytes: 256 * 1024 ** 2, seconds: 40 };
/**
 * What is another check's, a host's own, or nobody's: elasticsearch.yml and its backups, keystores and certificates (of
 * which join asks for those that are named), seeds in a file, what packages and editors leave.
 */
const LEFT_OUT = [
  ...['elasticsearch.yml*', 'elasticsearch.keystore*', '.*', 'unicast_hosts.txt', 'elasticsearch-plugins.example.yml'],
  ...['*.p12', '*.pfx', '*.jks', '*.crt', '*.cer', '*.pem', '*.key', '*.der', '*.csr'],
  ...['*.bak', '*.old', '*.orig', '*.swp', '*~', '*.*-dist', '*.*-old', '*.*-new', '*.rpmnew', '*.rpmsave'],
];
/** Files of Elasticsearch's own in which a line of a comment says nothing. */
const COMMENTED = 'users users_roles roles.yml role_mapping.yml jvm.options jvm.options.d/*.options log4j2.properties';

/**
 * Prints one line for each file beside elasticsearch.yml: a hash, a size where it is too large to be read, or a word.
 * No link is followed out of the folder, and what a comment says is not hashed.
 */
export function configFolderScript(plan: Plan): string {
  const { configFile } = plan.elasticsearch;
  const leftOut = [basename(configFile), ...LEFT_OUT].map((name) => `! -name ${quote(name)}`).join(' ');
  return `cd "$(dirname ${quote(configFile)})"
here=$(pwd -P)
hash() {
  sha256sum <"$1" >/dev/null || return 0
  case "$1" in
    ${COMMENTED.split(' ').join('|')}) grep -v '^[[:space:]]*\\(#.*\\)\\?$' <"$1" | sha256sum ;;
    *) sha256sum <"$1" ;;
  esac | cut -d ' ' -f 1
}
tell() { printf 'file=%s %s\\n' "$1" "$(printf '%s' "$2" | base64 -w0)"; }
files=0 bytes=0 last=$(($(date +%s) + ${MOST.seconds}))
# A slash is no path in the folder: it says that some of it could not be looked into.
{ find . -xdev \\( -type f -o -type l \\) ${leftOut} ! -path '*/.*/*' -printf '%P\\n' || echo /; } | LC_ALL=C sort | while IFS= read -r path; do
  if [ "$path" = / ]; then echo more=yes; continue; fi
  files=$((files + 1))
  if [ $files -gt ${MOST.files} ] || [ "$(date +%s)" -gt "$last" ]; then echo more=yes; break; fi
  real=$(readlink -f -- "$path") || real=
  case "$real" in
    "$here"/*) ;;
    *) tell link "$path"; continue ;;
  esac
  # What such a link leads to is told by its own path.
  if [ -d "$path" ]; then continue; fi
  if [ ! -f "$path" ]; then tell unreadable "$path"; continue; fi
  size=$(stat -L -c %s -- "$path")
  if [ "$size" -gt ${MOST.fileBytes} ] || [ $((bytes + size)) -gt ${MOST.bytes} ]; then tell "size:$size" "$path"; continue; fi
  bytes=$((bytes + size))
  sum=
  if [ -r "$path" ]; then sum=$(hash "$path"); fi
  tell "\${sum:-unreadable}" "$path"
done
echo end=yes
`;
}

/** Words for what was not hashed. */
const UNREAD: Record<string, string> = { link: 'a link out of the folder', unreadable: 'not to be read' };

/** @throws Error when the host did not come to its end */
export function parseConfigFolder(host: string, out: string): ConfigFolder {
  const lines = out.split('\n');
  if (!lines.includes('end=yes')) throw new Error('it did not tell all of the folder');
  const [files, unread] = [new Map<string, string>(), new Map<string, string>()];
  for (const line of lines.filter((one) => one.startsWith('file='))) {
    const [what = '', path = ''] = line.slice('file='.length).split(' ');
    const name = Buffer.from(path, 'base64').toString('utf8');
    const why = UNREAD[what];
    if (why === undefined) files.set(name, what);
    else unread.set(name, why);
  }
  return { host, files, unread, isWhole: !lines.includes('more=yes') };
}

/** Looks at the folder of every old and new host; one that can't be looked at is a failed check. Read-only. */
export async function lookAtConfigFolders(scope: Scope): Promise<{ seen: ConfigFolder[]; checks: Check[] }> {
  const { plan, hosts } = scope;
  const seen: ConfigFolder[] = [];
  const checks: Check[] = [];
  const script = configFolderScript(plan);
  const look = async ({ name }: { name: string }) => {
    try {
      seen.push(
        parseConfigFolder(name, await hosts.ask(hostRef(plan, name), script, { timeoutSeconds: 2 * MOST.seconds })),
      );
    } catch (error) {
      const why = `the folder of ${plan.elasticsearch.configFile} could not be looked at: ${(error as Error).message}`;
      checks.push(
        refused('config-files', name, why, 'make sure that the host can be reached, and that the folder is there'),
      );
    }
  };
  await pMap([...plan.hosts.old, ...plan.hosts.new], look, { concurrency: 8 });
  return { seen, checks };
}
