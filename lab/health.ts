import execa from 'execa';
import { exec } from './docker';
import { esRequest } from './es';
import { addressOf, appEndpoints, hostsOf, urlOf, urlsOf } from './layout';
import type { LabHost, LabState } from './types';

/** How long to wait, and what stops it. */
export interface Wait {
  timeoutMs: number;
  signal?: AbortSignal;
}

/** Arguments of the ssh client that reach a host of the lab with its pinned key, and with no other. */
export function sshArgs(state: LabState, host: LabHost): string[] {
  return [
    ...['-F', 'none', '-i', state.ssh.privateKey],
    ...['-o', `UserKnownHostsFile=${state.ssh.knownHosts}`, '-o', 'GlobalKnownHostsFile=none'],
    ...['-o', 'StrictHostKeyChecking=yes', '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes'],
    ...['-o', 'ConnectTimeout=3', '-o', 'LogLevel=ERROR'],
    `${host.sshUser}@${addressOf(host)}`,
  ];
}

/**
 * Waits until every host answers over SSH, with its pinned key, as a user that is root or may become root.
 * @throws Error that names the hosts that did not
 */
export async function waitForBoot(state: LabState, wait: Wait): Promise<void> {
  await Promise.all(
    state.hosts.map((host) =>
      until(`${host.name} answers over SSH`, wait, async () => {
        const { stdout } = await execa('ssh', [...sshArgs(state, host), 'sudo', '-n', 'id', '-u']);
        return stdout.trim() === '0' ? undefined : `it answered "${stdout}"`;
      }),
    ),
  );
}

/** What the shop on one app host says of itself. */
export interface AppHealth {
  ok: boolean;
  endpoints: string[];
  lastSuccessMsAgo: number | null;
}

/** Asks the shop on an app host how it is. */
export async function appHealth(host: LabHost, dockerHost?: string): Promise<AppHealth> {
  return JSON.parse(await exec(host, 'curl -s --max-time 3 http://127.0.0.1:8080/health', { dockerHost })) as AppHealth;
}

/**
 * Waits until every app is healthy.
 * @throws Error that names the app that is not
 */
export async function waitForApps(state: LabState, wait: Wait): Promise<void> {
  await Promise.all(
    hostsOf(state.hosts, 'app').map((host) =>
      until(`the shop on ${host.name} is healthy`, wait, async () => {
        const health = await appHealth(host, state.dockerHost);
        return health.ok ? undefined : JSON.stringify(health);
      }),
    ),
  );
}

/** Health of the cluster as its first old node that answers sees it; undefined when none does. */
export async function clusterHealth(state: LabState): Promise<Record<string, unknown> | undefined> {
  for (const host of [...hostsOf(state.hosts, 'old'), ...hostsOf(state.hosts, 'new')]) {
    try {
      const path = '/_cluster/health?timeout=2s';
      return await esRequest(urlOf(host), 'GET', path, { timeoutMs: 3_000 });
    } catch {
      continue;
    }
  }
  return undefined;
}

/**
 * Whether a lab that claims to be up is as `up` leaves it: every old node sees the old nodes only, and green; both apps
 * are healthy and ask the old nodes. A lab whose cluster was moved is not.
 */
export async function healthy(state: LabState): Promise<boolean> {
  const endpoints = urlsOf(hostsOf(state.hosts, 'old'));
  try {
    const views = await Promise.all(
      endpoints.map((endpoint) =>
        esRequest<{ status: string; number_of_nodes: number }>(endpoint, 'GET', '/_cluster/health?timeout=2s', {
          timeoutMs: 3_000,
        }),
      ),
    );
    const apps = await Promise.all(hostsOf(state.hosts, 'app').map((host) => appHealth(host, state.dockerHost)));
    return (
      views.every((view) => view.status === 'green' && view.number_of_nodes === endpoints.length) &&
      apps.every((app) => app.ok && app.endpoints.join() === appEndpoints(state.hosts).join())
    );
  } catch {
    return false;
  }
}

async function until(
  what: string,
  { timeoutMs, signal }: Wait,
  check: () => Promise<string | undefined>,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last: string | undefined;
  do {
    signal?.throwIfAborted();
    try {
      last = await check();
      if (last === undefined) return;
    } catch (error) {
      last = error instanceof Error ? error.message.split('\n')[0] : String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  } while (Date.now() < deadline);
  throw new Error(`it did not happen in ${timeoutMs / 1000} s that ${what}: ${last}`);
}
