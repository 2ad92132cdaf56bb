import type { DryRunMove } from '../../contract/dry-run';
import { bytes } from '../../text/format';
import { term, type Shown } from '../../text/terminal';
import type { Io } from '../io';
import { table } from './table';

/** Shards that are shown one by one; more of them are shown by where they go. */
const MOVES_SHOWN = 100;

const LINKS: Record<DryRunMove['link'], string> = {
  bridge: 'the bridge',
  'old-network': 'the old network',
  'new-network': 'the new network',
};

/** Each copy of a shard that moves, or, where they are many, how much goes which way. */
export function showMoves(io: Io, all: DryRunMove[]): Shown | undefined {
  if (all.length === 0) return undefined;
  if (all.length > MOVES_SHOWN) return term`${routes(io, all)}\nEach shard by itself: --json`;
  const rows = all.map(({ index, shard, primary, from, to, bytes: size, link, phase, draining }) => [
    `${index}/${shard}`,
    primary ? 'primary' : 'replica',
    `${from} → ${to}`,
    bytes(size),
    LINKS[link],
    draining === undefined ? phase : `drain of ${draining}`,
  ]);
  return table(io, rows, ['shard', 'copy', 'way', 'size', 'over', 'when']);
}

function routes(io: Io, all: DryRunMove[]): Shown {
  const groups = new Map<string, DryRunMove[]>();
  for (const move of all) {
    const key = [move.phase, move.draining, move.from, move.to, move.link].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), move]);
  }
  const rows = [...groups.values()].flatMap(([first, ...rest]) =>
    first
      ? [
          [
            `${first.from} → ${first.to}`,
            String(rest.length + 1),
            bytes(sizeOf([first, ...rest])),
            LINKS[first.link],
            first.draining === undefined ? first.phase : `drain of ${first.draining}`,
          ],
        ]
      : [],
  );
  return table(io, rows, ['way', 'shards', 'size', 'over', 'when']);
}

/** Bytes of all of them. */
export function sizeOf(all: DryRunMove[]): number {
  return all.reduce((sum, move) => sum + move.bytes, 0);
}
