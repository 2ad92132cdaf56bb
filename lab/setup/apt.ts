import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { isRoot, MissingError, run, which } from './command';

/** A command that the project uses and the Debian package that has it. */
interface Need {
  command: string;
  package: string;
  /** What it is needed for, for the message on a machine where it can't be installed. */
  why: string;
}

/** What the lab and the demo call. */
const NEEDS: Need[] = [
  { command: 'docker', package: 'docker.io', why: 'the lab hosts are containers' },
  { command: 'iptables', package: 'iptables', why: 'the Docker engine' },
  { command: 'ssh', package: 'openssh-client', why: 'scripts/lab ssh' },
  { command: 'ssh-keygen', package: 'openssh-client', why: 'keys of the lab hosts' },
  { command: 'openssl', package: 'openssl', why: 'certificates of the fronts' },
  { command: 'tar', package: 'tar', why: 'files of the lab hosts' },
  { command: 'ps', package: 'procps', why: 'sysctl and process checks' },
  { command: 'mvn', package: 'maven', why: 'Elasticsearch and the test server come by Maven coordinates' },
  { command: 'chromium', package: 'chromium', why: 'a picture of the report is checked in tests' },
];

/** Made by hand where no registry of images can be reached. */
const BASE_IMAGE_NEED: Need = {
  command: 'mmdebstrap',
  package: 'mmdebstrap',
  why: 'the base image without a registry',
};

/** What is missing of the things that Debian packages have; `onlyFor` narrows it to what one purpose needs. */
export function missingNeeds(
  onlyFor: 'everything' | 'lab',
  found: (command: string) => boolean = (c) => !!which(c),
): Need[] {
  const chromium = ['chromium', 'chromium-browser', 'google-chrome'];
  const wanted = NEEDS.filter((need) => onlyFor === 'everything' || need.command !== 'chromium');
  return wanted.filter(({ command }) => (command === 'chromium' ? !chromium.some(found) : !found(command)));
}

/**
 * Installs what is missing when this is Debian (or a child of it) and we are root.
 * @returns the packages that were installed
 * @throws MissingError that lists what is missing and how to get it, elsewhere
 */
export async function ensurePackages(onlyFor: 'everything' | 'lab', signal?: AbortSignal): Promise<string[]> {
  return install(missingNeeds(onlyFor), signal);
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
