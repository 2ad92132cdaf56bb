import { dirname, join } from 'node:path';
import pMap from 'p-map';
import type { Check } from '../../../contract/evidence';
import type { Scope } from '../../../elasticsearch/scope';
import { familyOf } from '../../../hosts/family';
import { quote } from '../../../hosts/script';
import { hostRef, type HostRef } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import { refused } from '../check';
import { homeScript } from './hosts';

/** What a host's keystore has: names of entries, where they could be listed, else why not. */
export type Keystore = { host: string } & ({ entries: string[]; why?: never } | { entries?: never; why: string });

/** Seconds for the program of Elasticsearch that lists, a JVM that takes a few. */
const LIST_SECONDS = 60;
/** Bytes of a keystore that is listed; certificates may be in it. */
const MOST_BYTES = 1024 ** 2;
/**
 * Bytes of a keystore in which nothing is but the seed that every node makes for itself (7.17 to 8.x). No other entry is found without
 * the seed on a node that has once run, so that no JVM has to be started for most hosts.
 */
const BARE_BYTES = 199;
/** Where a keystore says whether it has a password: behind the header that Lucene writes, with name and version of the format. */
const PASSWORD_AT = 31;

/**
 * Prints the names of what is in a host's keystore. Only Elasticsearch's own program can read them, as the user of its service; nothing is
 * made or changed. It is a look of its own, so that a JVM that takes its time holds up no other one.
 */
export function keystoreScript(plan: Plan, host: HostRef): string {
  const { services } = familyOf(host);
  const { service, configFile } = plan.elasticsearch;
  return `conf=${quote(dirname(configFile))}
file="$conf/elasticsearch.keystore"
${homeScript(plan, host)}
list() {
  user=$(${services.userScript(service)})
  java=$(${services.variableScript(service, 'ES_JAVA_HOME')})
  if [ -z "$java" ]; then java=$(${services.variableScript(service, 'JAVA_HOME')}); fi
  if [ -z "$user" ] || [ -z "$jar" ]; then return 1; fi
  group=$(id -g -- "$user") || return 1
  setpriv --reuid "$user" --regid "$group" --init-groups --no-new-privs \\
    env -i PATH="$PATH" ES_PATH_CONF="$conf" \${java:+"ES_JAVA_HOME=$java"} JDK_JAVA_OPTIONS=-XX:-UsePerfData \\
    nice timeout -k 5 ${LIST_SECONDS} "$home/bin/elasticsearch-keystore" list </dev/null 2>/dev/null
}
if [ ! -e "$file" ]; then echo keystore=none
elif ! size=$(stat -L -c %s -- "$file"); then echo keystore=unlisted
elif [ "$size" -eq ${BARE_BYTES} ]; then echo keystore=none
elif [ "$size" -gt ${MOST_BYTES} ]; then echo keystore=large
else
  case "$(od -An -tu1 -j${PASSWORD_AT} -N1 "$file" | tr -d ' ')" in
    0) if names=$(list); then echo keystore=listed; printf '%s\\n' "$names" | sed 's/^/entry=/'; else echo keystore=unlisted; fi ;;
    1) echo keystore=password ;;
    *) echo keystore=unlisted ;;
  esac
fi
echo end=yes
`;
}

const UNLISTED = 'its `elasticsearch-keystore list` could not be run to its end as the user of its service';
/** Words for what was not listed. */
const WHY: Record<string, string> = {
  password: 'it has a password',
  large: `it has more than ${MOST_BYTES} bytes`,
};

/** @throws Error when the host did not come to its end */
export function parseKeystore(host: string, out: string): Keystore {
  const lines = out.split('\n');
  if (!lines.includes('end=yes')) throw new Error('it did not tell all of its keystore');
  const [state = ''] = lines.flatMap((line) => /^keystore=(.*)$/.exec(line)?.[1] ?? []);
  if (state === 'none') return { host, entries: [] };
  // Whatever else the program says has blanks in it, as no name of a setting has.
  if (state === 'listed') return { host, entries: lines.flatMap((line) => /^entry=([\w.-]+)$/.exec(line)?.[1] ?? []) };
  return { host, why: WHY[state] ?? UNLISTED };
}

/** Looks at the keystore of every old and new host; one that can't be looked at is a failed check. Read-only. */
export async function lookAtKeystores(scope: Scope): Promise<{ seen: Keystore[]; checks: Check[] }> {
  const { plan, hosts } = scope;
  const seen: Keystore[] = [];
  const checks: Check[] = [];
  const look = async ({ name }: { name: string }) => {
    const ref = hostRef(plan, name);
    try {
      const out = await hosts.ask(ref, keystoreScript(plan, ref), { timeoutSeconds: 2 * LIST_SECONDS });
      seen.push(parseKeystore(name, out));
    } catch (error) {
      const path = join(dirname(plan.elasticsearch.configFile), 'elasticsearch.keystore');
      const why = `${path} could not be looked at: ${(error as Error).message}`;
      checks.push(refused('keystore', name, why, 'make sure that the host can be reached'));
    }
  };
  await pMap([...plan.hosts.old, ...plan.hosts.new], look, { concurrency: 8 });
  return { seen, checks };
}
