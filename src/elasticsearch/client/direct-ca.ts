import { once } from 'node:events';
import { connect } from 'node:net';
import { shownCa } from '../../hosts/shown-ca';

/**
 * The CA of that fingerprint, as PEM, as a node shows it that is reached from here without a tunnel.
 * @param url of its http API
 * @param fingerprint SHA-256 in hex, as Elasticsearch prints it
 * @param answerMs longest time until it takes the connection, in milliseconds
 * @throws Error when nothing answers there, or shows no such CA
 */
export function directCa({ hostname, port }: URL, fingerprint: string, answerMs: number): Promise<string> {
  return shownCa(async () => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 443) });
    await once(socket, 'connect', { signal: AbortSignal.timeout(answerMs) }).catch((error: Error) => {
      socket.destroy();
      throw error;
    });
    return socket;
  }, fingerprint);
}
