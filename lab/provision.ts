import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import execa from 'execa';
import { envConfig, yamlConfig, type AppSettings } from './app/files';
import { nodeCertificate } from './ca';
import { docker } from './docker';
import { oldNodeConfig, ownSettings } from './es-config';
import { hostKeyPath } from './keys';
import { appEndpoints, hostsOf } from './layout';
import { FILES } from './paths';
import { isSecured } from './shapes';
import { NODE_CERTIFICATES } from './shapes/secured';
import type { LabHost, LabOptions } from './types';
import { APP_USER, appPassword, userFiles } from './users';

/** One file that a host gets before its first boot; owned by root. */
export type SeedFile = { path: string; mode: number } & ({ text: string } | { from: string } | { link: string });

/** Configuration file of the shop on an app host: one has YAML, the other .env. */
export function appConfigPath(host: LabHost): string {
  return host.name === 'app-1' ? '/etc/shop/config.yaml' : '/etc/shop/shop.env';
}

/** Everything that makes a host out of its image: keys, configuration, and on app hosts the shop. */
export function seedFiles(host: LabHost, hosts: LabHost[], options: LabOptions): SeedFile[] {
  const home = host.sshUser === 'root' ? '/root' : `/home/${host.sshUser}`;
  const files: SeedFile[] = [
    { path: '/etc/ssh/ssh_host_ed25519_key', mode: 0o600, from: hostKeyPath(host) },
    { path: '/etc/ssh/ssh_host_ed25519_key.pub', mode: 0o644, from: `${hostKeyPath(host)}.pub` },
    { path: `${home}/.ssh/authorized_keys`, mode: 0o644, from: `${FILES.privateKey}.pub` },
  ];
  if (host.role === 'old') {
    files.push(
      {
        path: '/etc/elasticsearch/elasticsearch.yml',
        mode: 0o660,
        text: oldNodeConfig(host, hosts, options.es, true),
      },
      {
        path: '/etc/systemd/system/multi-user.target.wants/elasticsearch.service',
        mode: 0o777,
        link: '/lib/systemd/system/elasticsearch.service',
      },
    );
  }
  if (isSecured(host.settings)) files.push(...securityFiles(host));
  // A new host has what its owner wrote before the move, and nothing else.
  if (host.role === 'new' && ownSettings(host) !== '') {
    files.push({ path: '/etc/elasticsearch/elasticsearch.yml', mode: 0o660, text: ownSettings(host) });
  }
  if (host.role === 'app') {
    const before = { endpoints: appEndpoints(hosts), rate: options.rate, ...loginBefore(hosts) };
    const path = appConfigPath(host);
    const text = path.endsWith('.env') ? envConfig(before) : yamlConfig(before);
    files.push(
      { path, mode: 0o640, text },
      { path: '/etc/default/shop', mode: 0o644, text: `SHOP_CONFIG=${path}\n` },
      { path: '/etc/shop/ca.crt', mode: 0o644, from: FILES.caCertificate },
      { path: '/opt/shop/shop.cjs', mode: 0o644, from: FILES.app },
    );
  }
  return files;
}

/** Certificate, key and CA of a node of a secured cluster, and its users. */
function securityFiles(host: LabHost): SeedFile[] {
  const folder = '/etc/elasticsearch';
  const { key, certificate } = nodeCertificate(host);
  const files = { 'node.key': key, 'node.crt': certificate, 'ca.crt': FILES.caCertificate };
  // The account of the service has no number here, so everybody on the host may read them.
  return [
    ...Object.entries(files).map(([name, from]) => {
      return { path: `${folder}/${NODE_CERTIFICATES}/${name}`, mode: 0o644, from };
    }),
    ...Object.entries(userFiles()).map(([name, text]) => ({ path: `${folder}/${name}`, mode: 0o644, text })),
  ];
}

/** How apps log in before the move: not at all where the cluster asks nobody. */
function loginBefore(hosts: LabHost[]): Pick<AppSettings, 'login'> {
  if (!hostsOf(hosts, 'old').some(({ settings }) => isSecured(settings))) return {};
  return { login: { username: APP_USER, password: appPassword(), caFile: '/etc/shop/ca.crt' } };
}

/**
 * Puts a host's files into its container, which is created and not yet started.
 * @throws Error when tar or docker fails
 */
export async function provision(host: LabHost, files: SeedFile[], dockerHost?: string): Promise<void> {
  const stage = join(FILES.stage, host.name);
  rmSync(stage, { recursive: true, force: true });
  for (const file of files) {
    const target = join(stage, file.path);
    mkdirSync(dirname(target), { recursive: true });
    if ('link' in file) {
      symlinkSync(file.link, target);
      continue;
    }
    if ('from' in file) cpSync(file.from, target);
    else writeFileSync(target, file.text);
    chmodSync(target, file.mode);
  }
  // Only files are named: an entry for a folder would give the host's own folder the mode of the stage's.
  const names = files.map(({ path }) => path.slice(1));
  const archive = join(FILES.stage, `${host.name}.tar`);
  await execa('tar', ['-cf', archive, '--owner=0', '--group=0', '--numeric-owner', '-C', stage, ...names]);
  await docker(['cp', '-', `${host.container}:/`], { input: readFileSync(archive), dockerHost });
}
