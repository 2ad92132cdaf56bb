import { appHealth, clusterHealth, type AppHealth } from './health';
import { docker } from './docker';
import { hostsOf } from './layout';
import { readAnyLab } from './state';

/** What `scripts/lab status` tells. */
export interface LabStatus {
  /** Whether `up` came to its end. */
  up: boolean;
  /** Whether every host runs, the cluster is green and both apps are healthy. */
  well: boolean;
  esVersion?: string;
  cluster?: Record<string, unknown>;
  hosts: { name: string; role: string; addresses: { old?: string; new?: string }; container: string; state: string }[];
  apps: { name: string; health: AppHealth | { error: string } }[];
}

/** Looks at the lab; an engine or a host that does not answer is told, not thrown. */
export async function labStatus(): Promise<LabStatus> {
  const state = readAnyLab();
  if (!state) return { up: false, well: false, hosts: [], apps: [] };
  const { dockerHost } = state;
  const hosts = await Promise.all(
    state.hosts.map(async ({ name, role, addresses, container }) => {
      const running = docker(['inspect', '--format', '{{.State.Status}}', container], { dockerHost });
      return { name, role, addresses, container, state: await running.catch(() => 'missing') };
    }),
  );
  const apps = await Promise.all(
    hostsOf(state.hosts, 'app').map(async (host) => ({
      name: host.name,
      health: await appHealth(host, dockerHost).catch((error: unknown) => ({
        error: String(error).split('\n')[0] ?? '',
      })),
    })),
  );
  const cluster = await clusterHealth(state);
  const well =
    hosts.every((host) => host.state === 'running') &&
    cluster?.status === 'green' &&
    apps.every(({ health }) => 'ok' in health && health.ok);
  return { up: state.ready, well, esVersion: state.esVersion, cluster, hosts, apps };
}

/** Prints the status for a person. */
export function printStatus(status: LabStatus): void {
  if (status.hosts.length === 0) {
    console.log('There is no lab; bring one up with: scripts/lab up');
    return;
  }
  if (!status.up) console.log('The start of this lab was interrupted; bring it up again with: scripts/lab up');
  for (const { name, role, addresses, state } of status.hosts) {
    const where = Object.values(addresses).join(', ');
    console.log(`${name.padEnd(8)} ${role.padEnd(4)} ${where.padEnd(28)} ${state}`);
  }
  const { cluster } = status;
  console.log(
    cluster
      ? `cluster  ${String(cluster.status)}, ${String(cluster.number_of_nodes)} nodes, ${String(cluster.active_shards)} shards (Elasticsearch ${status.esVersion})`
      : 'cluster  no node answers',
  );
  for (const { name, health } of status.apps) {
    if ('error' in health) console.log(`${name.padEnd(8)} no answer: ${health.error}`);
    else console.log(`${name.padEnd(8)} ${health.ok ? 'healthy' : 'NOT healthy'}, asks ${health.endpoints.join(', ')}`);
  }
}
