import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import execa from 'execa';
import pMap from 'p-map';
import { FILES } from './paths';
import type { LabHost } from './types';

/** Where a host's SSH key pair lies on this machine until it is put on the host. */
export function hostKeyPath(host: LabHost): string {
  return join(FILES.ssh, 'hosts', host.name);
}

/**
 * Makes the client's key, a key for each host, and known_hosts with every address of every host; ed25519, for this lab only.
 * @throws Error when ssh-keygen fails
 */
export async function makeSshKeys(hosts: LabHost[]): Promise<void> {
  mkdirSync(join(FILES.ssh, 'hosts'), { recursive: true, mode: 0o700 });
  const keygen = (path: string, comment: string) =>
    execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', path]);
  await keygen(FILES.privateKey, 'bigswitch-lab');
  await pMap(hosts, (host) => keygen(hostKeyPath(host), host.name), { concurrency: 4 });
  const lines = hosts.flatMap((host) => {
    const [type, key] = readFileSync(`${hostKeyPath(host)}.pub`, 'utf8').split(' ');
    return Object.values(host.addresses).map((address) => `${address} ${type} ${key}`);
  });
  writeFileSync(FILES.knownHosts, `${lines.join('\n')}\n`, { mode: 0o600 });
}

/** Makes the passwords of the front and of the operator: 32 random bytes in hex each, in files that only their owner reads. */
export function makePasswords(): void {
  mkdirSync(FILES.secrets, { recursive: true, mode: 0o700 });
  for (const path of [FILES.frontPassword, FILES.operatorPassword]) {
    writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600 });
    chmodSync(path, 0o600);
  }
}
