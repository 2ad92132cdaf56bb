import execa from 'execa';
import { FILES } from './paths';
import { labHost, readAnyLab, readLab } from './state';
import type { LabHost } from './types';

/** How a docker command is run. */
export interface DockerOptions {
  /** Text or bytes for its standard input. */
  input?: string | Buffer;
  /** Milliseconds after which it is stopped; default 120,000. */
  timeoutMs?: number;
  /** Engine to talk to; default: that of the lab, or the environment's. */
  dockerHost?: string;
}

/**
 * Runs the docker CLI against the lab's engine.
 * @returns what it printed to standard output, without the last line end
 * @throws Error with its error output when it exits non-zero or runs out of time
 */
export async function docker(args: string[], options: DockerOptions = {}): Promise<string> {
  const result = await execa('docker', args, {
    env: dockerEnv(options.dockerHost),
    input: options.input,
    timeout: options.timeoutMs ?? 120_000,
    maxBuffer: 256 * 1024 * 1024,
  });
  return result.stdout;
}

/** Environment that points the docker CLI and compose to the lab's engine. */
export function dockerEnv(dockerHost = readAnyLab()?.dockerHost): Record<string, string> {
  return dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost };
}

/**
 * Runs a shell script as root on a host of the lab, through the engine and not through SSH: for the lab's own work and
 * for the judge, who must not depend on what the product may have broken.
 * @returns standard output
 * @throws Error when the script exits non-zero or runs out of time
 */
export async function exec(host: LabHost | string, script: string, options: DockerOptions = {}): Promise<string> {
  const target = typeof host === 'string' ? labHost(readLab(), host) : host;
  return docker(['exec', '-i', target.container, 'bash', '-s'], { ...options, input: script });
}

/**
 * Runs `docker compose` on the lab's compose file.
 * @throws Error with its output when it exits non-zero
 */
export async function compose(composeBin: string, args: string[], options: DockerOptions = {}): Promise<void> {
  await execa(composeBin, ['-f', FILES.compose, '--progress', 'plain', ...args], {
    env: dockerEnv(options.dockerHost),
    timeout: options.timeoutMs ?? 180_000,
    all: true,
  });
}
