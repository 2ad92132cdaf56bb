import { X509Certificate } from 'node:crypto';
import type { Check } from '../../../contract/evidence';
import { list } from '../../../text/format';
import { certificatesIn } from '../../../text/pem';
import { failed, judged, refused, warned } from '../check';

const DAY_MS = 86_400_000;
/** Days that a certificate should still be good for: a move and its way back may take weeks. */
const DAYS_TO_COME = 30;
/** Certificates of a file that are looked at after its own: no chain is longer, and each costs a proof with every other. */
const LONGEST_CHAIN = 16;

/** A certificate of one port of a new node, and what the old nodes' settings ask of it. */
export interface NodeCertificate {
  host: string;
  /** The node's own address, which others reach it at. */
  address: string;
  port: 'http' | 'transport';
  /** As elasticsearch.yml names it. */
  path: string;
  /** PEM, its own certificate first; undefined where the file can't be looked into without a password. */
  chain?: string;
  /** Public half of the key that lies beside it, PEM; undefined where nobody could tell. */
  publicKey?: string;
  /** PEM of those whom the other nodes, or bigswitch itself, believe; empty where it is not known. */
  authorities: string;
  /** Who believes them, for the sentence. */
  believers: string;
  /** Whether it has to name the address. */
  addressToo: boolean;
}

/** What of the old nodes' security settings a new host lacks. */
export interface MissingFiles {
  host: string;
  files: string[];
}

/**
 * Whether the new nodes will be let in: each file that the security settings name is there, and each certificate is one that the
 * other nodes believe. Pure.
 */
export function nodeCertificateChecks(missing: MissingFiles[], seen: NodeCertificate[], nowMs: number): Check[] {
  const lacking = missing
    .filter(({ files }) => files.length > 0)
    .map(({ host, files }) => {
      const what = `the old nodes' security settings name files that are not there: ${list(files)}`;
      const remedy = `make certificates for ${host} as for the old nodes, and put them there under these names`;
      return refused(CHECK, host, what, remedy);
    });
  return judged(
    CHECK,
    [...lacking, ...seen.flatMap((one) => certificateChecks(one, nowMs))],
    'every file that the security settings name is on the new hosts, and the others believe their certificates',
  );
}

const CHECK = 'node-certificates';

function certificateChecks(seen: NodeCertificate, nowMs: number): Check[] {
  const { host, path, port } = seen;
  if (seen.chain === undefined) {
    const remedy = `see to it that it is for ${seen.address}, still good, and of the CA of the old nodes`;
    return [warned(CHECK, `${host}:${port}`, `${path} could not be looked into: it is no PEM file`, remedy)];
  }
  const chain = readable(seen.chain);
  const [own] = chain;
  if (!own) {
    return [refused(CHECK, `${host}:${port}`, `${path} holds no certificate`, 'put the PEM of its certificate there')];
  }
  return [...dates(seen, own, nowMs), ...belief(seen, chain, own), ...names(seen, own), ...pair(seen, own)];
}

function dates({ host, port, path }: NodeCertificate, own: X509Certificate, nowMs: number): Check[] {
  const [from, to] = [Date.parse(own.validFrom), Date.parse(own.validTo)];
  const subject = `${host}:${port}`;
  if (nowMs >= from && nowMs <= to) {
    const days = Math.floor((to - nowMs) / DAY_MS);
    if (days >= DAYS_TO_COME) return [];
    return [warned(CHECK, subject, `${path} is good for ${days} more days`, 'renew it before the move, or soon after')];
  }
  const when = nowMs < from ? `is not good before ${own.validFrom}` : `has not been good since ${own.validTo}`;
  return [refused(CHECK, subject, `${path} ${when}`, 'put one there that is good today, and look at the host’s clock')];
}

function belief(
  { host, port, path, authorities, believers }: NodeCertificate,
  chain: X509Certificate[],
  own: X509Certificate,
): Check[] {
  const anchors = readable(authorities);
  if (anchors.length === 0) {
    const remedy = `compare by hand who signed ${path} with whom ${believers} believe`;
    return [warned(CHECK, `${host}:${port}`, `whom ${believers} believe could not be seen`, remedy)];
  }
  if (isBelieved(own, chain.slice(1, 1 + LONGEST_CHAIN), anchors)) return [];
  const seen = `${believers} do not believe ${path}: it was signed by "${oneLine(own.issuer)}"`;
  return [
    refused(
      CHECK,
      `${host}:${port}`,
      seen,
      'have it signed by the CA of the old nodes, with the issuers between after it in the file',
    ),
  ];
}

/**
 * Follows the issuers, through those that the file brings, to one that is believed. Each is looked at once: a file in which all have
 * signed each other has more ways through it than anybody can go.
 */
function isBelieved(own: X509Certificate, between: X509Certificate[], anchors: X509Certificate[]): boolean {
  const reached = [own];
  const left = new Set(between);
  for (const one of reached) {
    const signed = (issuer: X509Certificate) => one.checkIssued(issuer) && one.verify(issuer.publicKey);
    if (anchors.some((anchor) => anchor.fingerprint256 === one.fingerprint256 || signed(anchor))) return true;
    for (const next of left) {
      if (!signed(next)) continue;
      left.delete(next);
      reached.push(next);
    }
  }
  return false;
}

function names({ host, port, path, address, addressToo }: NodeCertificate, own: X509Certificate): Check[] {
  if (!addressToo || own.checkIP(address) !== undefined) return [];
  const seen = `${path} does not name ${address}, only ${own.subjectAltName ?? 'no address at all'}`;
  const remedy = `have one made whose subject alternative names have IP:${address}`;
  return [(port === 'http' ? refused : failed)(CHECK, `${host}:${port}`, seen, remedy)];
}

function pair({ host, port, path, publicKey }: NodeCertificate, own: X509Certificate): Check[] {
  if (publicKey === undefined) return [];
  const its = own.publicKey.export({ type: 'spki', format: 'pem' }).toString().trim();
  if (its === publicKey.trim()) return [];
  return [
    refused(
      CHECK,
      `${host}:${port}`,
      `${path} is not of the key that lies beside it`,
      'put a pair there that belongs together',
    ),
  ];
}

/** The certificates in a PEM text; what can't be read is none. */
function readable(pem: string): X509Certificate[] {
  return certificatesIn(pem).flatMap((text) => {
    try {
      return [new X509Certificate(text)];
    } catch {
      return [];
    }
  });
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ');
}
