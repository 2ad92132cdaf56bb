import type { Excuse } from './types';
import type { Look } from './watch';

/** Bytes over the bridge, counted where they arrive. */
export interface BridgeBytes {
  /** Each byte that crossed, once. */
  bridgeBytes: number;
  bridgeReceivedByNodes: number;
  bridgeReceivedByHub: number;
  /**
   * The part that nodes received in seconds in which shards moved. The rest is the apps' own traffic, which crosses as
   * long as apps and primaries are on different sides, and what was sent to measure the link.
   */
  bridgeBytesWhileMoving: number;
  /** Of that, in spans in which a fault of the lab makes shards move or begin again. */
  excusedBridgeBytes: number;
  /** What would have crossed in the seconds of `bridgeBytesWhileMoving` anyway, by the median second in which none moved. */
  ordinaryBridgeBytes: number;
}

/**
 * Adds up what the tun devices received. A counter that went down began again from nothing (the device was made anew).
 * Every byte that crosses is received by exactly one node at its far end; the hub's own device sees it only when the
 * hub's kernel forwards, not when OpenVPN passes it on itself. So the larger of the two is the truth.
 */
export function countBridgeBytes(looks: Look[], hub: string, excuses: Excuse[] = []): BridgeBytes {
  const last = new Map<string, number>();
  const moving = movingSeconds(looks);
  const broken = excuses.filter(({ belowGreen }) => belowGreen === true);
  const isExcused = (at: number) => broken.some(({ from, to }) => at >= from && at <= to);
  const bySecond = new Map<number, number>();
  let [whileMoving, excused] = [0, 0];
  let nodes = 0;
  let atHub = 0;
  for (const look of looks) {
    for (const [device, [received]] of Object.entries(look.tun)) {
      const key = `${look.host} ${device}`;
      const before = last.get(key) ?? 0;
      const more = received >= before ? received - before : received;
      last.set(key, received);
      if (look.host === hub) atHub += more;
      if (look.host === hub) continue;
      nodes += more;
      const at = second(look.from);
      bySecond.set(at, (bySecond.get(at) ?? 0) + more);
      if (moving.has(at)) whileMoving += more;
      if (moving.has(at) && isExcused(look.from)) excused += more;
    }
  }
  return {
    bridgeBytes: Math.max(nodes, atHub),
    bridgeReceivedByNodes: nodes,
    bridgeReceivedByHub: atHub,
    bridgeBytesWhileMoving: whileMoving,
    excusedBridgeBytes: excused,
    ordinaryBridgeBytes: ordinary(bySecond, moving),
  };
}

/** Bytes of the median second without a move, times the seconds with one, while there was a bridge. */
function ordinary(bySecond: Map<number, number>, moving: Set<number>): number {
  const seconds = [...bySecond.keys()];
  const atRest = seconds
    .filter((at) => !moving.has(at))
    .map((at) => bySecond.get(at) ?? 0)
    .sort((a, b) => a - b);
  return (atRest[Math.floor(atRest.length / 2)] ?? 0) * seconds.filter((at) => moving.has(at)).length;
}

const second = (ms: number) => Math.floor(ms / 1000);

/** Seconds in which a node knew of a shard on its way, with one more on either side: looks are a second apart. */
function movingSeconds(looks: Look[]): Set<number> {
  const moving = new Set<number>();
  for (const { body, from, to } of looks) {
    const { relocating_shards: relocating, initializing_shards: initializing } = (body ?? {}) as Record<
      string,
      unknown
    >;
    if (!(Number(relocating) > 0) && !(Number(initializing) > 0)) continue;
    for (let at = second(from) - 1; at <= second(to) + 1; at++) moving.add(at);
  }
  return moving;
}
