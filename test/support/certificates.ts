import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

function openssl(folder: string, ...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
}

/** Makes a CA in a folder: `NAME.crt` and `NAME.key`. */
export function makeCa(folder: string, name = 'ca'): void {
  openssl(
    folder,
    ...['req', '-x509', ...KEY, '-keyout', `${name}.key`, '-out', `${name}.crt`],
    ...['-subj', `/CN=test ${name}`, '-days', '2'],
  );
}

/** Makes a certificate of that CA for addresses: `NAME.crt` and `NAME.key`. */
export function makeCertificate(folder: string, name: string, addresses: string[], ca = 'ca'): void {
  openssl(folder, 'req', ...KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', '/CN=new-1');
  writeFileSync(join(folder, 'ext'), `subjectAltName=${addresses.map((one) => `IP:${one}`).join(',')}\n`);
  const by = ['-CA', `${ca}.crt`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-days', '2', '-extfile', 'ext'];
  openssl(folder, 'x509', '-req', '-in', `${name}.csr`, ...by, '-out', `${name}.crt`);
}
