import type { Look } from './watch';

/** Bytes over the bridge, counted where they arrive. */
export interface BridgeBytes {
  /** Each byte that crossed, once. */
  bridgeBytes: number;
  bridgeReceivedByNodes: number;
  bridgeReceivedByHub: number;
}

/**
 * Adds up what the tun devices received. A counter that went down began again from nothing (the device was made anew).
 * Every byte that crosses is received by exactly one node at its far end; the hub's own device sees it only when the
 * hub's kernel forwards, not when OpenVPN passes it on itself. So the larger of the two is the truth.
 */
export function countBridgeBytes(looks: Look[], hub: string): BridgeBytes {
  const last = new Map<string, number>();
  let nodes = 0;
  let atHub = 0;
  for (const look of looks) {
    for (const [device, [received]] of Object.entries(look.tun)) {
      const key = `${look.host} ${device}`;
      const before = last.get(key) ?? 0;
      const more = received >= before ? received - before : received;
      last.set(key, received);
      if (look.host === hub) atHub += more;
      else nodes += more;
    }
  }
  return { bridgeBytes: Math.max(nodes, atHub), bridgeReceivedByNodes: nodes, bridgeReceivedByHub: atHub };
}
