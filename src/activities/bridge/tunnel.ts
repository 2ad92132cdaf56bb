import type { LedgerEntry } from '../../contract/ledger';
import type { Scope } from '../../elasticsearch/scope';
import type { HostRef } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';

/**
 * What connects the two networks: a hub that both reach, and a client on each old and new host, all with a fixed address on
 * the device `BRIDGE_DEVICE`. Redirects, proofs and teardown know nothing else of it.
 */
export interface Tunnel {
  name: string;
  /** Service that runs this host's end of it. */
  unitOn(host: HostRef): string;
  /** Installs the hub's end. @returns what was changed */
  installHub(scope: Scope): Promise<LedgerEntry[]>;
  /** Installs one host's end; its key is made there and stays there. @returns what was changed, on the hub too */
  installClient(scope: Scope, host: string): Promise<LedgerEntry[]>;
  /** Host → its address on the bridge, of the clients that the hub sees now. @throws Error when the hub can't tell */
  connected(scope: Scope): Promise<Map<string, string>>;
  /** Bytes that the hub received from its clients since they connected, each once; undefined where it can't tell. */
  bytes(scope: Scope): Promise<number | undefined>;
  /** Sentence for a person whose bridge is not proven. */
  whereToLook(plan: Plan): string;
}
