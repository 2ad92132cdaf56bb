import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { inCache } from './cache';
import { isRoot, MissingError, run, which } from './command';

/** A Docker engine that answers; without `host` it is the one that the docker CLI finds by itself. */
export interface Engine {
  host?: string;
  /** Whether set-up started it, so that set-up may stop it. */
  own: boolean;
}

const files = () => ({
  socket: inCache('docker', 'docker.sock'),
  pid: inCache('docker', 'docker.pid'),
  data: inCache('docker', 'data'),
  exec: inCache('docker', 'exec'),
  log: inCache('docker', 'dockerd.log'),
});

/** The engine to use, if one answers: ours when it runs, else the machine's. */
export async function findEngine(): Promise<Engine | undefined> {
  const host = `unix://${files().socket}`;
  if (ownPid() !== undefined && (await answers(host))) return { host, own: true };
  if (which('docker') && (await answers(process.env.DOCKER_HOST))) return { host: process.env.DOCKER_HOST, own: false };
  return undefined;
}

/**
 * The engine that answers, or one of our own: with its own folders, and without any address of a private network.
 * @throws MissingError when there is none and none can be started
 */
export async function ensureEngine(signal?: AbortSignal): Promise<Engine> {
  const found = await findEngine();
  if (found) return found;
  const dockerd = which('dockerd');
  if (!isRoot() || !dockerd) {
    throw new MissingError([
      'a Docker engine that you may use: start Docker, or add yourself to the group "docker", or run this as root',
    ]);
  }
  const { socket, pid, data, exec, log } = files();
  if (socket.length > 100) {
    throw new Error(`${socket} is too long for a socket; set BIGSWITCH_CACHE to a folder with a shorter name`);
  }
  mkdirSync(inCache('docker'), { recursive: true, mode: 0o711 });
  for (const stale of [socket, pid]) rmSync(stale, { force: true });
  const output = openSync(log, 'w');
  const child = spawn(
    dockerd,
    [
      ...['--data-root', data, '--exec-root', exec, '--pidfile', pid, '--host', `unix://${socket}`],
      // The lab's networks need no way out and no forwarding: the machine's packet filter and sysctls stay untouched.
      ...['--bridge=none', '--iptables=false', '--ip-forward=false', '--ip-masq=false'],
      ...['--default-address-pool', 'base=198.18.128.0/17,size=24'],
    ],
    { detached: true, stdio: ['ignore', output, output] },
  );
  child.unref();
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    if (await answers(`unix://${socket}`)) return { host: `unix://${socket}`, own: true };
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(
    `dockerd did not start; the end of ${log}:\n${readFileSync(log, 'utf8').split('\n').slice(-8).join('\n')}`,
  );
}

/**
 * Stops the engine if, and only if, set-up started it.
 * @returns whether there was one to stop
 * @throws Error when it does not end in 30 seconds
 */
export async function stopEngine(): Promise<boolean> {
  const pid = ownPid();
  if (pid === undefined) return false;
  process.kill(pid, 'SIGTERM');
  for (let i = 0; i < 150; i++) {
    if (ownPid() === undefined) {
      await releaseMounts(inCache('docker'));
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the Docker engine with process id ${pid} does not end; see ${files().log}`);
}

/** Unmounts what an engine leaves mounted in its folders when it ends (a network namespace, for one). */
async function releaseMounts(folder: string): Promise<void> {
  const targets = mountsUnder(folder, readFileSync('/proc/self/mounts', 'utf8'));
  for (const target of targets) await run('umount', [target], { timeoutMs: 10_000 });
}

/** Mount points below a folder, from the text of /proc/self/mounts, the innermost first. */
export function mountsUnder(folder: string, mounts: string): string[] {
  return mounts
    .split('\n')
    .map((line) =>
      (line.split(' ')[1] ?? '').replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8))),
    )
    .filter((target) => target.startsWith(`${folder}/`))
    .reverse();
}

/** Process id of our engine while it runs; a number that another process has taken over does not count. */
function ownPid(): number | undefined {
  const { pid, data } = files();
  if (!existsSync(pid)) return undefined;
  const value = Number(readFileSync(pid, 'utf8'));
  try {
    const command = readFileSync(`/proc/${value}/cmdline`, 'utf8').split('\0');
    return command.includes(data) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function answers(host: string | undefined): Promise<boolean> {
  try {
    const env: Record<string, string> = host === undefined ? {} : { DOCKER_HOST: host };
    return (await run('docker', ['info', '--format', '{{.ServerVersion}}'], { env, timeoutMs: 10_000 })).trim() !== '';
  } catch {
    return false;
  }
}
