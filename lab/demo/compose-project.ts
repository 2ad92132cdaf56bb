import { chmodSync, copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { PlanInput } from '../../src/plan/schema';
import { freePort } from '../../src/embedded/processes';
import { docker, dockerEnv } from '../docker';
import { DEMO_PROJECT, NETWORKS } from '../layout';
import { ROOT } from '../paths';
import { run as runCommand } from '../setup/command';
import { BASE_IMAGE } from '../setup/image';
import type { Tools } from '../setup/tools';
import type { LabState } from '../types';
import { temporalCli, type TemporalServer } from './temporal';

/** Everything of the file, what measures too. */
const ALL = ['--profile', 'metrics'];
/** Where the worker of docker-compose.yml finds what a plan names. */
const KEYS = '/etc/bigswitch/keys';
const READY_SECONDS = 300;

/** docker-compose.yml, up, with the lab's keys, and its worker in the lab's networks. */
export interface ComposeProject {
  temporal: TemporalServer;
  grafanaUrl: string;
  /** The lab's plan, with references as this worker resolves them. */
  plan(lab: PlanInput): PlanInput;
  /** Runs a program in the container of a service. @returns standard output @throws Error when it exits non-zero */
  exec: (service: string, command: string[]) => Promise<string>;
  /** Copies the folder that the worker wrote reports to. */
  fetchReports(to: string): Promise<void>;
}

/**
 * What compose is to have otherwise than docker-compose.yml says: free ports, our build under a name of its own, so that
 * nobody's worker is replaced, and the lab's networks.
 */
export function overrideYaml(ports: Record<'temporal' | 'ui' | 'grafana', number>): string {
  const lab = Object.values(NETWORKS).map(({ dockerName }) => dockerName);
  return `services:
  temporal:
    ports: !override ['127.0.0.1:${ports.temporal}:7233']
  ui:
    ports: !override ['127.0.0.1:${ports.ui}:8080']
  door:
    build: { context: ${JSON.stringify(ROOT)}, network: host }
    image: ${DEMO_PROJECT}-worker
    environment: { BIGSWITCH_DOOR_HOSTS: '127.0.0.1:${ports.ui},127.0.0.1:8080' }
  grafana:
    ports: !override ['127.0.0.1:${ports.grafana}:3000']
  worker:
    build: { context: ${JSON.stringify(ROOT)}, network: host }
    image: ${DEMO_PROJECT}-worker
    networks: [${lab.join(', ')}]
networks:
${lab.map((name) => `  ${name}: { external: true }`).join('\n')}
`;
}

/**
 * Brings docker-compose.yml up, in a copy of what belongs to it, and waits until its worker is healthy.
 * @param folder for the copy; it is made anew
 * @throws Error when a part does not come up, or the signal aborts
 */
export async function startComposeProject(
  tools: Tools,
  lab: LabState,
  folder: string,
  signal: AbortSignal,
): Promise<ComposeProject> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of ['docker-compose.yml', 'deploy']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter: (path) => !path.includes('/secrets') });
  }
  const prepare = () => runCommand(join(folder, 'deploy', 'prepare'), [], { cwd: folder });
  await prepare();
  putKeys(lab, join(folder, 'deploy', 'secrets', 'keys'));
  // As people do it: root's keys become those of the worker's user.
  await prepare();
  const choosePorts = async () => {
    const free = { temporal: await freePort(7233), ui: await freePort(8080), grafana: await freePort(3000) };
    writeFileSync(join(folder, 'override.yml'), overrideYaml(free));
    return free;
  };
  const run = composeIn(tools, folder, signal);
  await choosePorts();
  await run([...ALL, 'build']);
  // Anew: a build takes minutes, and somebody may have taken them meanwhile.
  const ports = await choosePorts();
  await run([...ALL, 'up', '--detach']);
  const address = `127.0.0.1:${ports.temporal}`;
  const healthy = (service: string) =>
    until(`${service} is healthy`, async () => (await state(run, service)).Health === 'healthy', signal);
  for (const service of ['worker', 'door']) await healthy(service);
  const connection = await Connection.connect({ address });
  const ask = (args: string[]) => docker(args, { dockerHost: tools.docker.host });
  const crash = async () => {
    const { ID } = await state(run, 'temporal');
    const pidNow = async () => Number(await ask(['inspect', '--format', '{{.State.Pid}}', ID]));
    const pid = await pidNow();
    // Not `docker kill`, after which the engine would take it as stopped by a person. The process is the engine's, who may
    // be on another machine or another user's, so a container with the engine's rights does it.
    await ask(['run', '--rm', '--pid=host', '--network=none', BASE_IMAGE, 'sh', '-c', `kill -9 ${pid}`]);
    const again = async () => ![0, pid].includes(await pidNow());
    await until('the engine has started the killed server again', again, signal);
  };
  return {
    temporal: {
      address,
      uiUrl: `http://127.0.0.1:${ports.ui}`,
      client: new Client({ connection }),
      cli: temporalCli(tools.temporalBin, address),
      crash,
      startAgain: () => healthy('temporal'),
      stop: () => connection.close(),
    },
    grafanaUrl: `http://127.0.0.1:${ports.grafana}`,
    plan: (input) => ({
      ...input,
      ssh: { ...input.ssh, privateKey: `file:${KEYS}/id_ed25519`, knownHosts: `file:${KEYS}/known_hosts` },
      front: { ...input.front, auth: { ...input.front.auth, password: `file:${KEYS}/front-password` } },
      report: { ...input.report, folder: 'out' },
    }),
    exec: (service, command) => run(['exec', '--no-TTY', service, ...command]),
    fetchReports: async (to) => void (await run(['cp', 'worker:/app/out/.', to])),
  };
}

/** Brings it down with its volumes, and removes its copies of keys and passwords; what is not there is no error. */
export async function stopComposeProject(tools: Tools, folder: string): Promise<void> {
  try {
    await composeIn(tools, folder)([...ALL, 'down', '--volumes', '--timeout', '20']);
  } finally {
    rmSync(join(folder, 'deploy', 'secrets'), { recursive: true, force: true });
  }
}

function composeIn(tools: Tools, folder: string, signal?: AbortSignal) {
  const files = ['-p', DEMO_PROJECT, '-f', 'docker-compose.yml', '-f', 'override.yml', '--progress', 'plain'];
  return (args: string[]) =>
    runCommand(tools.docker.composeBin, [...files, ...args], {
      cwd: folder,
      env: dockerEnv(tools.docker.host),
      signal,
    });
}

function putKeys(lab: LabState, keys: string): void {
  const files = {
    id_ed25519: lab.ssh.privateKey,
    known_hosts: lab.ssh.knownHosts,
    'front-password': lab.frontPasswordFile,
  };
  for (const [name, from] of Object.entries(files)) {
    const to = join(keys, name);
    copyFileSync(from, to);
    chmodSync(to, 0o600);
  }
}

type Run = ReturnType<typeof composeIn>;

async function state(run: Run, service: string): Promise<{ ID: string; Health: string }> {
  const text = await run(['ps', '--all', '--format', 'json', service]);
  const [first] = text.split('\n').filter((line) => line.startsWith('{'));
  return first === undefined ? { ID: '', Health: '' } : (JSON.parse(first) as { ID: string; Health: string });
}

async function until(what: string, look: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const end = Date.now() + READY_SECONDS * 1000;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`after ${READY_SECONDS} s it is still not so that ${what}`);
    await sleep(2_000, undefined, { signal });
  }
}
