import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import execa from 'execa';
import pMap from 'p-map';
import { exec } from './docker';
import { addressOf } from './layout';
import { FILES } from './paths';
import type { LabHost } from './types';

/** Folder of a new host that holds what the operator put there: front.crt and front.key. */
export const FRONT_FOLDER = '/etc/ssl/bigswitch-lab';

const CA_CONFIG = `[req]
prompt = no
distinguished_name = name
x509_extensions = ca
[name]
CN = bigswitch lab operator CA
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
`;

/** Makes the operator's CA, for this lab only. */
export async function makeCa(): Promise<void> {
  mkdirSync(FILES.ca, { recursive: true, mode: 0o700 });
  const config = join(FILES.ca, 'ca.cnf');
  writeFileSync(config, CA_CONFIG);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await execa('openssl', [
    ...['req', '-x509', '-config', config, ...curve, '-days', '30'],
    ...['-keyout', FILES.caKey, '-out', FILES.caCertificate],
  ]);
}

/** What the certificate of a host's front says: its name and its address. */
export function frontExtensions(host: LabHost): string {
  return [
    'basicConstraints = critical,CA:FALSE',
    'keyUsage = critical,digitalSignature',
    'extendedKeyUsage = serverAuth',
    `subjectAltName = DNS:${host.name},IP:${addressOf(host)}`,
    '',
  ].join('\n');
}

/**
 * Gives a new host its front certificate as an operator would: the key is made on the host and stays there, the lab's CA
 * signs the request, and the chain goes back.
 * @throws Error when openssl fails on either side
 */
export async function makeFrontCertificate(host: LabHost, dockerHost?: string): Promise<void> {
  const request = await exec(
    host,
    `set -e; umask 077; mkdir -p ${FRONT_FOLDER}; cd ${FRONT_FOLDER}
     openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=${host.name} -keyout front.key -out - 2>/dev/null`,
    { dockerHost },
  );
  const certificate = await signed(request, frontExtensions(host));
  await exec(
    host,
    `cat >${FRONT_FOLDER}/front.crt <<'PEM'\n${certificate}\n${readFileSync(FILES.caCertificate, 'utf8').trim()}\nPEM\nchmod 0644 ${FRONT_FOLDER}/front.crt`,
    { dockerHost },
  );
}

/**
 * Makes a certificate and its key for each node of a secured cluster, for both of its ports, where they lie until they are put on it.
 * @throws Error when openssl fails
 */
export async function makeNodeCertificates(nodes: LabHost[]): Promise<void> {
  await pMap(
    nodes,
    async (host) => {
      const { key, certificate } = nodeCertificate(host);
      mkdirSync(dirname(key), { recursive: true, mode: 0o700 });
      const { stdout: request } = await execa('openssl', [
        ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
        ...['-subj', `/CN=${host.name}`, '-keyout', key, '-out', '-'],
      ]);
      // As nodes come that make theirs by themselves: with the CA, so that it can be known by its fingerprint.
      const chain = [await signed(request, nodeExtensions(host)), readFileSync(FILES.caCertificate, 'utf8')];
      writeFileSync(certificate, chain.map((one) => `${one.trim()}\n`).join(''));
    },
    { concurrency: 4 },
  );
}

/** Where the certificate of a node and its key lie on this machine. */
export function nodeCertificate({ name }: LabHost): { key: string; certificate: string } {
  const folder = join(FILES.nodeCertificates, name);
  return { key: join(folder, 'node.key'), certificate: join(folder, 'node.crt') };
}

/** A node answers others, and asks them. */
function nodeExtensions(host: LabHost): string {
  return frontExtensions(host).replace('serverAuth', 'serverAuth,clientAuth');
}

/** What the lab's CA makes of a request. */
async function signed(request: string, says: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bigswitch-lab-'));
  try {
    const extensions = join(folder, 'extensions');
    writeFileSync(extensions, says);
    const { stdout } = await execa(
      'openssl',
      [
        ...['x509', '-req', '-CA', FILES.caCertificate, '-CAkey', FILES.caKey, '-set_serial', serial()],
        ...['-days', '30', '-extfile', extensions],
      ],
      { input: request },
    );
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A positive random serial number. */
function serial(): string {
  return `0x1${randomBytes(8).toString('hex')}`;
}
