import pMap from 'p-map';
import type { Check } from '../../../contract/evidence';
import type { Plugin } from '../../../elasticsearch/looks/plugins';
import type { ClusterSettings } from '../../../elasticsearch/settings/settings';
import { bytes as showBytes } from '../../../text/format';
import { reservedBytes } from '../../../elasticsearch/settings/watermark';
import { familyOf } from '../../../hosts/family';
import { quote } from '../../../hosts/script';
import { hostRef, type HostRef } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import type { Scope } from '../../../elasticsearch/scope';
import { failed, passed, refused } from '../check';

/** What is installed on a new host, the disk that its data will lie on, and what its node's own file says. */
export interface NewHost {
  host: string;
  version?: string;
  dataPath?: string;
  diskBytes: number;
  freeBytes: number;
  /** Plugins and modules on its disk; undefined where no Elasticsearch was found. */
  plugins?: Plugin[];
  /** elasticsearch.yml in base64; undefined where there is none that can be read. */
  config?: string;
}

/** Plugins and modules of which a host tells; a package has a hundred modules. */
const MOST_PLUGINS = 500;

/**
 * Finds the installation by its service, so that any layout works: `$home` is its folder, and `$jar`, empty where there is
 * none, has its version in the name.
 */
export function homeScript(plan: Plan, host: HostRef): string {
  const { services } = familyOf(host);
  const { service } = plan.elasticsearch;
  return `set=$(${services.variableScript(service, 'ES_HOME')})
start=$(${services.programScript(service)})
for home in "$set" "$(dirname "$(dirname "$start")")" /usr/share/elasticsearch; do
  jar=$(ls "$home"/lib/elasticsearch-[0-9]*.jar 2>/dev/null | head -n 1) || true
  if [ -n "$jar" ]; then break; fi
done
`;
}

/** What is installed on a new host, and the disk of its data. */
export function lookScript(plan: Plan, host: HostRef): string {
  const { configFile, newNodeSettings } = plan.elasticsearch;
  const planned = newNodeSettings['path.data'];
  return `${PLUGINS}
${homeScript(plan, host)}
if [ -n "$jar" ]; then version=$(basename "$jar" .jar); echo "version=\${version#elasticsearch-}"; plugins "$home"; fi
data=${quote(typeof planned === 'string' ? planned : '')}
if [ -z "$data" ]; then data=$(sed -n 's/^path\\.data:[[:space:]]*//p' ${quote(configFile)} | tr -d "\\"'" | head -n 1); fi
case "$data" in /*) ;; *) data=/var/lib/elasticsearch ;; esac
echo "data=$data"
while [ ! -d "$data" ]; do data=$(dirname "$data"); done
df -B1 --output=size,avail "$data" | tail -n 1 | sed 's/^ *\\([0-9]*\\) *\\([0-9]*\\)/size=\\1\\navail=\\2/'
if [ -f ${quote(configFile)} ] && [ -r ${quote(configFile)} ]; then echo "config=$(base64 -w0 <${quote(configFile)})"; fi
`;
}

/** What is installed says so in a descriptor; what plugins were once are modules of later versions. */
const PLUGINS = `
said() { sed -n "s/^$1[[:space:]]*=//p" "$2" | head -n 1 | tr -cd 'A-Za-z0-9._+-'; }
plugins() {
  for file in "$1"/plugins/*/*plugin-descriptor.properties "$1"/modules/*/plugin-descriptor.properties; do
    if [ -f "$file" ]; then echo "plugin=$(said name "$file") $(said version "$file")"; fi
  done | head -n ${MOST_PLUGINS}
}`;

/** @throws Error when a figure is missing */
export function parseLook(host: string, out: string): NewHost {
  const lines = out.split('\n').map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)] as const);
  const values = new Map(lines);
  const size = Number(values.get('size') ?? NaN);
  const free = Number(values.get('avail') ?? NaN);
  if (!Number.isFinite(size) || !Number.isFinite(free)) throw new Error('df did not say how large the disk is');
  const version = values.get('version');
  const dataPath = values.get('data');
  const config = values.get('config');
  return {
    ...{ host, diskBytes: size, freeBytes: free },
    ...(version && { version, plugins: lines.filter(([key]) => key === 'plugin').map(([, said]) => pluginOf(said)) }),
    ...(dataPath && { dataPath }),
    ...(config !== undefined && { config }),
  };
}

function pluginOf(said: string): Plugin {
  const [name = '', version = ''] = said.split(' ');
  return { name, version };
}

/** Looks at every new host; one that can't be looked at is a failed check. */
export async function lookAtNewHosts(scope: Scope): Promise<{ seen: NewHost[]; checks: Check[] }> {
  const seen: NewHost[] = [];
  const checks: Check[] = [];
  const look = async ({ name }: { name: string }) => {
    try {
      const ref = hostRef(scope.plan, name);
      seen.push(parseLook(name, await scope.hosts.ask(ref, lookScript(scope.plan, ref))));
    } catch (error) {
      const remedy = 'make sure that the host can be reached, and that Elasticsearch is installed as a service';
      checks.push(refused('new-host', name, `could not be looked at: ${(error as Error).message}`, remedy));
    }
  };
  await pMap(scope.plan.hosts.new, look, { concurrency: 8 });
  return { seen, checks };
}

/** Whether the version on each new host is the cluster's: an older one can't join, from a newer one nothing comes back. Pure. */
export function versionChecks(hosts: NewHost[], cluster: string): Check[] {
  return hosts.map(({ host, version }) => {
    const name = 'new-version';
    const same = `install Elasticsearch ${cluster} on it, and upgrade the cluster later`;
    if (version === undefined) {
      return refused(name, host, 'no Elasticsearch was found beside its service', same);
    }
    const order = compareVersions(version, cluster);
    if (order === 0) return passed(name, `Elasticsearch ${version}, as in the cluster`, host);
    if (order < 0) {
      return refused(name, host, `Elasticsearch ${version} can't join a cluster of ${cluster}: it is older`, same);
    }
    // A copy never goes to a node that is older than its primary's (`NodeVersionAllocationDecider`), by a patch level either.
    const seen = `Elasticsearch ${version} is newer than the cluster's ${cluster}: no copy could come back from it, and an index that is made there gets none on the old side`;
    return refused(name, host, seen, same);
  });
}

/** Negative when `a` is older than `b`. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string) => version.split(/[.-]/).map((part) => Number(part) || 0);
  const [left, right] = [parts(a), parts(b)];
  for (const i of [0, 1, 2]) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether the new disks can take everything and stay below the watermark. Pure. @param largest bytes of the largest shard */
export function diskChecks(hosts: NewHost[], settings: ClusterSettings, needed: number, largest: number): Check[] {
  const name = 'new-disk';
  const rooms = hosts.map((one) => ({
    ...one,
    room: Math.max(0, one.freeBytes - reservedBytes(settings, one.diskBytes)),
  }));
  const total = rooms.reduce((sum, one) => sum + one.room, 0);
  const seen = `${showBytes(needed)} of shards for ${hosts.length} new nodes that may hold them, which have ${showBytes(total)} free below the low watermark`;
  if (needed > total) return [refused(name, '', seen, 'add disk space or new hosts, or lower replicas in the plan')];
  const most = Math.max(0, ...rooms.map((one) => one.room));
  if (largest > most) {
    const one = `the largest shard has ${showBytes(largest)}, and no new node that may hold it has more than ${showBytes(most)} free`;
    return [refused(name, '', one, 'add disk space')];
  }
  const full = rooms.filter((one) => one.room === 0);
  if (full.length > 0) {
    return full.map((one) =>
      failed(
        name,
        one.host,
        `${one.dataPath ?? 'its disk'} is above the low watermark: it gets no shard`,
        'free disk space',
      ),
    );
  }
  return [passed(name, seen)];
}
