import { effective, type ClusterSettings } from './settings';
import { parseBytes } from './sizes';

const PREFIX = 'cluster.routing.allocation.disk';

/**
 * Bytes that must stay free on a disk for the cluster to put shards there (the low watermark, and from 8.5 its
 * `max_headroom`).
 * @param totalBytes size of the disk
 * @throws Error when the watermark can't be understood
 */
export function reservedBytes(settings: ClusterSettings, totalBytes: number): number {
  if (effective(settings, `${PREFIX}.threshold_enabled`) === 'false') return 0;
  const low = effective(settings, `${PREFIX}.watermark.low`);
  const bytes = parseBytes(low);
  if (bytes !== undefined) return bytes;
  const share = parseShare(low);
  if (share === undefined) throw new Error(`${PREFIX}.watermark.low is "${String(low)}", which can't be understood`);
  const reserved = totalBytes * (1 - share);
  const headroom = parseBytes(effective(settings, `${PREFIX}.watermark.low.max_headroom`));
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
