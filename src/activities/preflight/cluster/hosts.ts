import pMap from 'p-map';
import type { Check } from '../../../contract/evidence';
import type { ClusterSettings } from '../../../elasticsearch/settings/settings';
import { bytes as showBytes } from '../../../text/format';
import { reservedBytes } from '../../../elasticsearch/settings/watermark';
import { familyOf } from '../../../hosts/family';
import { quote } from '../../../hosts/script';
import { hostRef, type HostRef } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import type { Scope } from '../../../elasticsearch/scope';
import { failed, passed, refused } from '../check';

/** What is installed on a new host, and the disk that its data will lie on. */
export interface NewHost {
  host: string;
  version?: string;
  dataPath?: string;
  diskBytes: number;
  freeBytes: number;
}

/** Finds the installation by its service, so that any layout works; the jar's name has the version. */
export function lookScript(plan: Plan, host: HostRef): string {
  const { services } = familyOf(host);
  const { service, configFile, newNodeSettings } = plan.elasticsearch;
  const planned = newNodeSettings['path.data'];
  return `
home=$(${services.variableScript(service, 'ES_HOME')})
start=$(${services.programScript(service)})
for dir in "$home" "$(dirname "$(dirname "$start")")" /usr/share/elasticsearch; do
  jar=$(ls "$dir"/lib/elasticsearch-[0-9]*.jar 2>/dev/null | head -n 1) || true
  if [ -n "$jar" ]; then version=$(basename "$jar" .jar); echo "version=\${version#elasticsearch-}"; break; fi
done
data=${quote(typeof planned === 'string' ? planned : '')}
if [ -z "$data" ]; then data=$(sed -n 's/^path\\.data:[[:space:]]*//p' ${quote(configFile)} | tr -d "\\"'" | head -n 1); fi
case "$data" in /*) ;; *) data=/var/lib/elasticsearch ;; esac
echo "data=$data"
while [ ! -d "$data" ]; do data=$(dirname "$data"); done
df -B1 --output=size,avail "$data" | tail -n 1 | sed 's/^ *\\([0-9]*\\) *\\([0-9]*\\)/size=\\1\\navail=\\2/'
`;
}

/** @throws Error when a figure is missing */
export function parseLook(host: string, out: string): NewHost {
  const values = new Map(out.split('\n').map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]));
  const size = Number(values.get('size') ?? NaN);
  const free = Number(values.get('avail') ?? NaN);
  if (!Number.isFinite(size) || !Number.isFinite(free)) throw new Error('df did not say how large the disk is');
  const version = values.get('version');
  const dataPath = values.get('data');
  return { host, diskBytes: size, freeBytes: free, ...(version && { version }), ...(dataPath && { dataPath }) };
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

/** Whether the version on each new host may join, and leave again. Pure. */
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
    if (!isPath(cluster, version)) {
      return refused(
        name,
        host,
        `Elasticsearch ${version} can't join a cluster of ${cluster}: versions lie between`,
        same,
      );
    }
    const seen = `Elasticsearch ${version} is newer than the cluster's ${cluster}: a shard that has moved to it can't go back`;
    return failed(name, host, seen, `${same}; or waive this check and give up the way back`);
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

/** Within a major version, or from its last minor to the next major (rolling upgrades: 7.17 to 8, 8.18 to 9). */
function isPath(from: string, to: string): boolean {
  const [fromMajor = 0, fromMinor = 0] = from.split('.').map(Number);
  const [toMajor = 0] = to.split('.').map(Number);
  const lastMinor: Record<number, number> = { 7: 17, 8: 18 };
  return toMajor === fromMajor || (toMajor === fromMajor + 1 && fromMinor >= (lastMinor[fromMajor] ?? Infinity));
}

/** Whether the new disks can take everything and stay below the watermark. Pure. @param largest bytes of the largest shard */
export function diskChecks(hosts: NewHost[], settings: ClusterSettings, needed: number, largest: number): Check[] {
  const name = 'new-disk';
  const rooms = hosts.map((one) => ({
    ...one,
    room: Math.max(0, one.freeBytes - reservedBytes(settings, one.diskBytes)),
  }));
  const total = rooms.reduce((sum, one) => sum + one.room, 0);
  const seen = `${showBytes(needed)} of shards for ${hosts.length} new nodes, which have ${showBytes(total)} free below the low watermark`;
  if (needed > total) return [refused(name, '', seen, 'add disk space or new hosts, or lower replicas in the plan')];
  const most = Math.max(0, ...rooms.map((one) => one.room));
  if (largest > most) {
    const one = `the largest shard has ${showBytes(largest)}, and no new node has more than ${showBytes(most)} free`;
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
