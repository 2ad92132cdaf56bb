import type { LedgerEntry } from '../ledger';
import type { Catalogue } from './catalogue';
import type { OnHost } from './on-host';

/** The bridge after it was proven. */
export interface BridgeFacts {
  clients: number;
  crossPairs: number;
  /** Largest packet in bytes that crosses unfragmented, probed with DF pings. */
  mtu: number;
  /** Measured throughput between two sides, MiB/s. */
  throughputMBps: number;
}

/** Phase 1: the VPN between the two networks. */
export interface BridgeActivities {
  installBridgeHub(): Promise<LedgerEntry[]>;
  installBridgeClient(input: OnHost): Promise<LedgerEntry[]>;
  proveBridge(): Promise<BridgeFacts>;
}

/** Their kinds and summaries. */
export const BRIDGE: Catalogue<BridgeActivities> = {
  installBridgeHub: ['change', 'bridge: CA and VPN server on the hub'],
  installBridgeClient: ['change', ({ host }) => `bridge: VPN client on ${host}`],
  proveBridge: ['look', 'prove the bridge: every cross pair, MTU, throughput'],
};
