import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { isRoot, MissingError, run, which } from './command';
import { findEngine } from './engine';

/** For whom set-up is: each has what the one before it has, and more. */
export type Purpose = 'lab' | 'demo' | 'tests';

/** A command that the project uses and the Debian package that has it. */
interface Need {
  command: string;
  package: string;
  /** What it is needed for, for the message on a machine where it can't be installed. */
  why: string;
  /** Only the tests call it. */
  onlyForTests?: true;
  /** Other names under which the same program is found. */
  or?: string[];
}

/** What the lab, the demo and the tests call. */
const NEEDS: Need[] = [
  { command: 'docker', package: 'docker.io', why: 'the lab hosts are containers' },
  { command: 'iptables', package: 'iptables', why: 'the Docker engine' },
  { command: 'ssh', package: 'openssh-client', why: 'scripts/lab ssh' },
  { command: 'ssh-keygen', package: 'openssh-client', why: 'keys of the lab hosts' },
  { command: 'openssl', package: 'openssl', why: 'certificates of the fronts' },
  { command: 'tar', package: 'tar', why: 'files of the lab hosts' },
  { command: 'ps', package: 'procps', why: 'sysctl and process checks' },
  { command: 'mvn', package: 'maven', why: 'Elasticsearch and the test server come by Maven coordinates' },
  {
    command: 'chromium',
    package: 'chromium',
    why: 'pages are looked at in tests',
    onlyForTests: true,
    or: ['chromium-browser', 'google-chrome'],
  },
  { command: 'sshd', package: 'openssh-server', why: 'tests talk to a real SSH server', onlyForTests: true },
  { command: 'haproxy', package: 'haproxy', why: 'tests ask a real front', onlyForTests: true },
  { command: 'curl', package: 'curl', why: 'tests ask a real front', onlyForTests: true },
  {
    command: 'unshare',
    package: 'util-linux',
    why: 'tests of NAT rules have a network of their own',
    onlyForTests: true,
  },
  { command: 'zsh', package: 'zsh', why: 'completion is tested in it', onlyForTests: true },
  { command: 'fish', package: 'fish', why: 'completion is tested in it', onlyForTests: true },
  { command: 'script', package: 'bsdutils', why: 'the live screen is tested in a terminal', onlyForTests: true },
];

/** A docker command alone may be a client without an engine, and where no engine answers one has to be started. */
const ENGINE_NEED: Need = { command: 'dockerd', package: 'docker.io', why: 'no Docker engine answers' };

/** Made by hand where no registry of images can be reached. */
const BASE_IMAGE_NEED: Need = {
  command: 'mmdebstrap',
  package: 'mmdebstrap',
  why: 'the base image without a registry',
};

/** What the machine has. */
export interface Machine {
  found: (command: string) => boolean;
  /** Whether a Docker engine answers. */
  engineAnswers: boolean;
}

/** What is missing of the things that Debian packages have. */
export function missingNeeds(purpose: Purpose, { found, engineAnswers }: Machine): Need[] {
  const wanted = NEEDS.filter((need) => purpose === 'tests' || !need.onlyForTests);
  if (!engineAnswers) wanted.push(ENGINE_NEED);
  return wanted.filter(({ command, or = [] }) => ![command, ...or].some(found));
}

/**
 * Installs what is missing when this is Debian (or a child of it) and we are root.
 * @returns the packages that were installed
 * @throws MissingError that lists what is missing and how to get it, elsewhere
 */
export async function ensurePackages(purpose: Purpose, signal?: AbortSignal): Promise<string[]> {
  const engineAnswers = (await findEngine()) !== undefined;
  return install(missingNeeds(purpose, { found: (command) => !!which(command), engineAnswers }), signal);
}

/** Installs mmdebstrap, which only a machine without a registry of images needs. */
export async function ensureMmdebstrap(signal?: AbortSignal): Promise<void> {
  if (!which(BASE_IMAGE_NEED.command)) await install([BASE_IMAGE_NEED], signal);
}

async function install(missing: Need[], signal?: AbortSignal): Promise<string[]> {
  if (missing.length === 0) return [];
  const packages = [...new Set(missing.map((need) => need.package))];
  if (!isRoot() || !which('apt-get')) {
    throw new MissingError(
      missing.map(
        ({ command, package: name, why }) =>
          `${command} (${why}): on Debian or Ubuntu run: sudo apt-get install ${name}`,
      ),
    );
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env, signal });
  const lift = holdServices();
  try {
    await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], { env, signal });
  } finally {
    lift();
  }
  return packages;
}

/** Keeps packages from starting services while they are installed: set-up starts its own engine, with its own addresses. */
function holdServices(): () => void {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return () => undefined;
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return () => rmSync(policy, { force: true });
}
