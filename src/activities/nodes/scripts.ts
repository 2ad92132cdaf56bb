import { familyOf } from '../../hosts/family';
import { quote } from '../../hosts/script';
import type { HostRef } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { CUT } from '../../text/harmless';

/**
 * Exits 0 when a node of the plan is up at this address, whatever it says. It takes bash and no other tool, since curl is not on
 * every node.
 */
export function nodeAnswers({ elasticsearch: { https, httpPort } }: Plan, address: string): string {
  const probe = `exec 3<>/dev/tcp/${address}/${httpPort} || exit 1
${https ? ASK_TLS : askHttp(address)}`;
  return `timeout 10 bash -c ${quote(probe)} 2>/dev/null`;
}

/** A node without a master answers 503, one with security 401. */
function askHttp(address: string): string {
  return `printf "HEAD / HTTP/1.0\\r\\nHost: ${address}\\r\\n\\r\\n" >&3
read -r -t 5 -n 512 line <&3 && [[ $line == HTTP/1.* ]]`;
}

/** Hexadecimal bytes with their number before them, in so many bytes. */
const sized = (width: number, hex: string) => (hex.length / 2).toString(16).padStart(width * 2, '0') + hex;

const EXTENSIONS = [
  `000a${sized(2, sized(2, '00170018001d'))}`,
  `000b${sized(2, sized(1, '00'))}`,
  `000d${sized(2, sized(2, '040308040401050308050501'))}`,
];
const SUITES = 'c02bc02fc02cc030';

/** First message of a TLS client, with suites, curves and signatures of today (RFC 5246, 7.4.1.2). */
const CLIENT_HELLO = `160301${sized(2, `01${sized(3, `0303${'30'.repeat(32)}00${sized(2, SUITES)}0100${sized(2, EXTENSIONS.join(''))}`)}`)}`;

/** Whoever speaks TLS answers with a handshake (16) or an alert (15), whether or not it likes what is offered. */
const ASK_TLS = `printf '${CLIENT_HELLO.replace(/../g, '\\x$&')}' >&3
IFS= LC_ALL=C read -r -t 5 -N 1 byte <&3 && [[ $byte == $'\\x16' || $byte == $'\\x15' ]]`;

/** Prints those of the files that are not there; relative ones are meant from the folder of elasticsearch.yml. */
export function missingFiles(files: string[], configFile: string): string {
  return `cd "$(dirname ${quote(configFile)})"
for file in ${files.map(quote).join(' ')}; do
  if [ ! -e "$file" ]; then printf '%s\\n' "$file"; fi
done`;
}

/** Prints the last errors that a node wrote to its own log and to the host's, a few short lines. */
export function excerptOfLogs(plan: Plan, host: HostRef): string {
  const { clusterName, configFile, service } = plan.elasticsearch;
  return `folder=$(sed -n 's/^path\\.logs:[ "]*\\([^ "]*\\).*/\\1/p' ${quote(configFile)} | head -n 1)
file=\${folder:-/var/log/elasticsearch}/${quote(clusterName)}.log
{ tail -n 200 "$file" 2>/dev/null; ${familyOf(host).services.logScript(service, 50)}; } |
  grep -iE 'error|exception|fatal|failed' | sed 's/^\\(.\\{250\\}\\).*/\\1${CUT}/' | tail -n 3`;
}
