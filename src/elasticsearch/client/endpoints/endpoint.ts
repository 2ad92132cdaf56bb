import type { ClientOptions } from '@elastic/elasticsearch';
import type { Trust } from '../../../hosts/shown-ca';

/** How the http port of this cluster's nodes is spoken to: scheme, trust and login. */
export interface Endpoint {
  /**
   * What the client library is told of one node.
   * @param address of the node's own http port, which the SSH connection to its host leads to
   */
  options(address: string, port: number): Pick<ClientOptions, 'node' | 'auth'>;
  /** Whom to believe that it is the node; nothing where it speaks plain http. */
  trust?: Trust;
}
