import { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { connect, type DetailedPeerCertificate } from 'node:tls';

/** Whom to believe that it is a node: a CA as PEM, or the SHA-256 of one that the node itself has to show. */
export type Trust = { ca: string } | { fingerprint: string };

/** Seconds in which a certificate has to be shown. */
const SHOWN_SECONDS = 15;

/** CAs that were shown, by fingerprint: no other certificate will ever have it. */
const shown = new Map<string, string>();

/**
 * The CA of that fingerprint, as PEM, out of what a TLS server shows. Nothing is told to the server, and nothing else of what it shows is
 * believed: whoever asks it next has to check its certificate by this CA.
 * @param open a connection to the server
 * @param fingerprint SHA-256 in hex, with or without colons, as Elasticsearch prints it
 * @throws Error when no certificate of a CA with that fingerprint is shown
 */
export async function shownCa(open: () => Promise<Duplex>, fingerprint: string): Promise<string> {
  const wanted = plainHex(fingerprint);
  const known = shown.get(wanted);
  if (known !== undefined) return known;
  const chain = await chainOf(await open());
  const found = chain.find((one) => plainHex(one.fingerprint256) === wanted);
  if (!found) {
    const seen = chain.map((one) => plainHex(one.fingerprint256)).join(', ');
    throw new Error(`no certificate that it shows has the fingerprint ${wanted}; those that it shows have: ${seen}`);
  }
  if (!found.ca) throw new Error(`the certificate of the fingerprint ${wanted} is not that of a CA`);
  shown.set(wanted, found.toString());
  return found.toString();
}

function plainHex(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}

function chainOf(socket: Duplex): Promise<X509Certificate[]> {
  return new Promise((resolve, reject) => {
    // Only looked at: nothing is sent to who is not known yet.
    const tls = connect({ socket, rejectUnauthorized: false });
    const fail = (error: Error) => {
      clearTimeout(timer);
      tls.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => fail(new Error(`no certificate was shown within ${SHOWN_SECONDS} s`)),
      SHOWN_SECONDS * 1000,
    );
    tls.once('error', fail);
    tls.once('close', () => fail(new Error('hung up before a certificate was shown')));
    tls.once('secureConnect', () => {
      clearTimeout(timer);
      const chain: X509Certificate[] = [];
      let next: DetailedPeerCertificate | undefined = tls.getPeerCertificate(true);
      while (next?.raw && !chain.some(({ raw }) => raw.equals(next?.raw ?? Buffer.alloc(0)))) {
        chain.push(new X509Certificate(next.raw));
        next = next.issuerCertificate;
      }
      resolve(chain);
      tls.destroy();
    });
  });
}
