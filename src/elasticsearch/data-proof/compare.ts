import { createHash } from 'node:crypto';
import type { CopyState, CopyStates } from './copies';
import { shardKey } from './copies';
import type { ShardGroup } from '../shards/table';

/** The highest number of a write that any copy knows, by shard: what every copy has to reach. */
export function goalsOf(states: CopyStates): Map<string, number> {
  return new Map([...states].map(([key, copies]) => [key, Math.max(-1, ...copies.map((one) => one.maxSeqNo ?? -1))]));
}

/** A copy that is behind, or that does not say how far it is. */
export interface Behind {
  index: string;
  shard: number;
  /** Id of its node; absent when copies are missing from the answer. */
  nodeId?: string;
  /** Writes that it lacks; Infinity when it doesn't say. */
  writes: number;
}

/**
 * Copies of a shard that lack writes up to a goal. Writes that came since only raise what the copies have, so that a shard
 * that is being written to reaches its goal like any other.
 */
export function behind(group: ShardGroup, copies: readonly CopyState[] | undefined, goal: number): Behind[] {
  const { index, shard } = group;
  const held = group.copies.filter((copy) => copy.state !== 'UNASSIGNED').length;
  if (!copies || copies.length < held) return [{ index, shard, writes: Infinity }];
  return copies.flatMap(({ nodeId, localCheckpoint }) => {
    if (localCheckpoint === undefined) return [{ index, shard, nodeId, writes: Infinity }];
    return localCheckpoint < goal ? [{ index, shard, nodeId, writes: goal - localCheckpoint }] : [];
  });
}

/** Groups whose copies do not count the same documents at this moment. */
export function unevenGroups(groups: readonly ShardGroup[], states: CopyStates): ShardGroup[] {
  return groups.filter((group) => {
    const counts = states.get(shardKey(group))?.map((copy) => copy.documents) ?? [];
    return new Set(counts).size > 1 || counts.includes(undefined);
  });
}

/** One document as one copy has it; `missing` where it has none with this id. */
export type Seen = { version: number; seqNo: number; primaryTerm: number; hash?: string } | 'missing';

/** One document as both sides have it. */
export interface Both {
  left: Seen;
  right: Seen;
}

/** How the two sides' documents compare: `gone` was deleted meanwhile, `no-source` can't be compared. */
export type Verdict = 'same' | 'gone' | 'no-source' | 'different';

/** SHA-256 of a value as JSON with sorted keys, so that the order of keys makes no difference. */
export function hashOf(value: unknown): string {
  const sorted = (_key: string, one: unknown): unknown =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one;
  return createHash('sha256').update(JSON.stringify(value, sorted)).digest('hex');
}

/** Compares one document as it is on both sides now. */
export function compare({ left, right }: Both): Verdict {
  if (left === 'missing' || right === 'missing') return left === right ? 'gone' : 'different';
  const sameWrite =
    left.seqNo === right.seqNo && left.primaryTerm === right.primaryTerm && left.version === right.version;
  if (!sameWrite) return 'different';
  if (left.hash === undefined && right.hash === undefined) return 'no-source';
  return left.hash === right.hash ? 'same' : 'different';
}

/**
 * Whether a difference stays: it is the very same as at the look before, or one side still lacks a write that the other had
 * then. A document that is written to all the time differs at every look, but each side has what the other had before.
 */
export function stays(before: Both, now: Both): boolean {
  return same(before, now) || lags(now.left, before.right) || lags(now.right, before.left);
}

function same(one: Both, other: Both): boolean {
  return JSON.stringify([one.left, one.right]) === JSON.stringify([other.left, other.right]);
}

function lags(now: Seen, otherBefore: Seen): boolean {
  return now !== 'missing' && otherBefore !== 'missing' && now.seqNo < otherBefore.seqNo;
}
