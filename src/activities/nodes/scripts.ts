import { familyOf } from '../../hosts/family';
import { quote } from '../../hosts/script';
import type { HostRef } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';

/**
 * Exits 0 when something speaks HTTP there, whatever it says: a node without a master answers 503, one with security
 * 401. It takes bash and no other tool, since curl is not on every node.
 */
export function answersHttp(address: string, port: number): string {
  const probe = `exec 3<>/dev/tcp/${address}/${port} || exit 1
printf "HEAD / HTTP/1.0\\r\\nHost: ${address}\\r\\n\\r\\n" >&3
read -r -t 5 line <&3 && [[ $line == HTTP/1.* ]]`;
  return `timeout 10 bash -c ${quote(probe)} 2>/dev/null`;
}

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
  grep -iE 'error|exception|fatal|failed' | cut -c 1-250 | tail -n 3`;
}
