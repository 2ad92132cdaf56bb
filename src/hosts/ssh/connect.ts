import { readFile } from 'node:fs/promises';
import { NodeSSH } from 'node-ssh';
import type { Secrets } from '../../secrets/secrets';
import type { HostRef } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { sshRefused, unreachable } from '../errors';
import type { Provider } from '../provider';
import { fingerprint, PinnedKeys } from './known-hosts';
import { Limit } from './limit';

/** A handshake costs processor time on the worker; with a thousand hosts they must not all begin at once. */
const connects = new Limit(32);

/** What a connection is made from. */
export interface ConnectDeps {
  ssh: Plan['ssh'];
  secrets: Secrets;
  /** Knows where the machines are. */
  provider: Provider;
  /** Seconds for TCP, key exchange and login together. */
  readySeconds: number;
}

/**
 * Connects and logs in to a host whose key is pinned by the known_hosts file.
 * @throws ApplicationFailure SshRefused (no retry helps) for an unknown or changed host key and for a refused login
 * @throws ApplicationFailure HostUnreachable (retryable) for everything else
 */
export async function connectSsh(ref: HostRef, deps: ConnectDeps): Promise<NodeSSH> {
  return connects.run(() => connectNow(ref, deps));
}

async function connectNow(ref: HostRef, { ssh, secrets, provider, readySeconds }: ConnectDeps): Promise<NodeSSH> {
  const { address, port } = await provider.machine(ref);
  const where = `${ref.name} (${ref.ssh.user}@${address}:${port})`;
  const file = ssh.knownHosts.slice('file:'.length);
  const pinned = PinnedKeys.of(await readKnownHosts(file), address, port);
  const privateKey = await secrets.resolve(ssh.privateKey);
  const passphrase = ssh.passphrase === undefined ? undefined : await secrets.resolve(ssh.passphrase);
  let refusal: string | undefined;
  const hostVerifier = (key: Buffer): boolean => {
    const verdict = pinned.judge(key);
    if (verdict !== 'known') refusal = keyRefusal(verdict, where, fingerprint(key), file);
    return verdict === 'known';
  };
  const algorithms = pinned.algorithms();
  const client = new NodeSSH();
  try {
    await client.connect({
      host: address,
      port,
      username: ref.ssh.user,
      privateKey,
      ...(passphrase === undefined ? {} : { passphrase }),
      hostVerifier,
      // Ask for a key that the file knows; otherwise a host with several keys could show one that it doesn't.
      ...(algorithms.length === 0 ? {} : { algorithms: { serverHostKey: algorithms as never } }),
      readyTimeout: readySeconds * 1000,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
    });
  } catch (error) {
    client.dispose();
    throw asFailure(error as Error & { level?: string }, refusal, where, ref, ssh.privateKey);
  }
  // node-ssh stops listening once it is connected; an error that nobody hears would end the worker.
  client.connection?.on('error', () => client.dispose());
  return client;
}

async function readKnownHosts(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw sshRefused(
      `the known_hosts file ${file} (ssh.knownHosts) can't be read on this worker; host keys are never accepted unseen, so create it or correct the path`,
    );
  }
}

function keyRefusal(verdict: 'unknown' | 'changed' | 'revoked', where: string, shown: string, file: string): string {
  switch (verdict) {
    case 'unknown':
      return `${where}: its host key ${shown} is not in ${file}; compare it on the host with "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub", then add its line to that file`;
    case 'changed':
      return `${where}: shows the host key ${shown}, but ${file} knows another one; if the host was not reinstalled, someone may be in between: find out, then correct the file`;
    case 'revoked':
      return `${where}: its host key ${shown} is marked @revoked in ${file}; give the host a new key`;
  }
}

function asFailure(
  error: Error & { level?: string },
  refusal: string | undefined,
  where: string,
  ref: HostRef,
  keyRef: string,
): Error {
  if (refusal !== undefined) return sshRefused(refusal);
  if (error.level === 'client-authentication') {
    return sshRefused(
      `${where}: login was refused; check that the public key of ${keyRef} is in ${ref.ssh.user}'s authorized_keys there, and the user (ssh.user)`,
    );
  }
  if (/parse.*privateKey|passphrase|Unsupported key format/i.test(error.message)) {
    return sshRefused(`the private key ${keyRef} (ssh.privateKey) can't be used: wrong format or passphrase`);
  }
  if (/no matching host key/i.test(error.message)) {
    return sshRefused(
      `${where}: shows none of the kinds of host key that the known_hosts file has for it; add its line`,
    );
  }
  return unreachable(
    where,
    `can't be reached by SSH (${error.message}); check that it is up and that its port is open`,
  );
}
