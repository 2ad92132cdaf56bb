import { effective, type ClusterSettings } from './settings';
import { parseBytes } from './sizes';

const PREFIX = 'cluster.routing.allocation.disk';

/** One of the cluster's disk watermarks: no new shard, shards leave, writes are refused. */
export type Watermark = 'low' | 'high' | 'flood_stage';

/**
 * Bytes that must stay free on a disk for it to be below a watermark (from 8.5 on bounded by its `max_headroom`).
 * @param totalBytes size of the disk
 * @param watermark the low one decides whether the cluster puts shards there
 * @throws Error when the watermark can't be understood
 */
export function reservedBytes(settings: ClusterSettings, totalBytes: number, watermark: Watermark = 'low'): number {
  if (effective(settings, `${PREFIX}.threshold_enabled`) === 'false') return 0;
  const key = `${PREFIX}.watermark.${watermark}`;
  const value = effective(settings, key);
  const bytes = parseBytes(value);
  if (bytes !== undefined) return bytes;
  const share = parseShare(value);
  if (share === undefined) throw new Error(`${key} is "${String(value)}", which can't be understood`);
  const reserved = totalBytes * (1 - share);
  const headroom = parseBytes(effective(settings, `${key}.max_headroom`));
  return Math.ceil(headroom === undefined ? reserved : Math.min(reserved, headroom));
}

/** `85%` or `0.85`. */
function parseShare(text: string | string[] | undefined): number | undefined {
  if (typeof text !== 'string') return undefined;
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim());
  if (!match) return undefined;
  const share = Number(match[1]) / (match[2] === '%' ? 100 : 1);
  return share > 0 && share <= 1 ? share : undefined;
}
