import { rmSync } from 'node:fs';
import { docker } from './docker';
import { removeForwardRules } from './firewall';
import { DEMO_PROJECT, PROJECT } from './layout';
import { setMapCount } from './machine';
import { LAB_OUT } from './paths';
import { phase, type Say } from './phases';
import { ensureEngine, findEngine, stopEngine } from './setup/engine';
import { readAnyLab } from './state';

/** The demo's own project of docker-compose.yml first: its worker is in the networks of the lab. */
const PROJECTS = [DEMO_PROJECT, PROJECT];

/**
 * Removes everything that carries the lab's labels from the engine, and everything that it wrote; puts this machine's
 * settings back. The engine stays.
 */
export async function clearLab(dockerHost?: string): Promise<void> {
  const state = readAnyLab();
  for (const project of PROJECTS) await clearProject(project, dockerHost);
  await removeForwardRules();
  if (state?.previousMaxMapCount !== undefined) await setMapCount(state.previousMaxMapCount);
  rmSync(LAB_OUT, { recursive: true, force: true });
}

async function clearProject(project: string, dockerHost?: string): Promise<void> {
  const list = async (...args: string[]) =>
    (await docker([...args, '--filter', `label=com.docker.compose.project=${project}`], { dockerHost }))
      .split('\n')
      .filter((id) => id !== '');
  const containers = await list('ps', '-aq');
  if (containers.length > 0) await docker(['rm', '-f', '-v', ...containers], { dockerHost });
  await removeNetworks({
    list: () => list('network', 'ls', '-q'),
    remove: (networks) => docker(['network', 'rm', ...networks], { dockerHost }),
    restart: async () => {
      if (!(await stopEngine())) return false;
      await ensureEngine();
      return true;
    },
  });
  const volumes = await list('volume', 'ls', '-q');
  if (volumes.length > 0) await docker(['volume', 'rm', '-f', ...volumes], { dockerHost });
}

/** How networks are removed. */
export interface NetworkRemoval {
  list(): Promise<string[]>;
  remove(networks: string[]): Promise<unknown>;
  /** Restarts the engine, if it is ours. @returns whether it was */
  restart(): Promise<boolean>;
}

/**
 * Removes all networks. An engine from which many hosts are removed at once may lose count of a network's endpoints, and then
 * refuses for good to remove it, though nothing is in it; at its start it counts them anew.
 * @throws Error when the engine refuses for any other reason, or is not ours to be restarted
 */
export async function removeNetworks(engine: NetworkRemoval): Promise<void> {
  const networks = await engine.list();
  if (networks.length === 0) return;
  try {
    await engine.remove(networks);
  } catch (error) {
    if (!/has active endpoints/.test(String(error)) || !(await engine.restart())) throw error;
    await engine.remove(await engine.list());
  }
}

/** Takes the lab down and leaves nothing: no container, network, volume, file; and no engine, if it was ours. */
export async function stopLab(say: Say = console.log): Promise<void> {
  const engine = await findEngine();
  if (engine) await phase(say, 'hosts, networks and disks removed', () => clearLab(engine.host));
  else rmSync(LAB_OUT, { recursive: true, force: true });
  const stopped = await stopEngine();
  if (stopped) say('✔ the Docker engine that set-up had started is stopped');
}
