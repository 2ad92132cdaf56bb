import type { Sample } from './progress';

/** One copy of one shard and where it is. */
export interface ShardCopy {
  index: string;
  shard: number;
  primary: boolean;
  state: 'STARTED' | 'RELOCATING' | 'INITIALIZING' | 'UNASSIGNED';
  /** Name of the node that holds it; undefined while unassigned. */
  node?: string;
  /** Name of the node that it is moving to. */
  movingTo?: string;
  /** Size in bytes; of a copy that is not known yet, that of its primary. */
  bytes: number;
}

/**
 * Where every copy of every shard is, in few bytes: it goes along with each heartbeat of `observe`. Only names of nodes
 * and indices, and numbers; docs/decisions/0018-two-seats-one-view.md says why.
 */
export interface Places {
  /** Milliseconds since the epoch at which it was seen. */
  t: number;
  /** Names of the nodes; a copy names one by its number here, in base 36. */
  nodes: string[];
  /** How many of `nodes`, from the first, are in the cluster. */
  members: number;
  /** Name of the elected master. */
  master?: string;
  /**
   * By index, one word for each shard in the order of their numbers: its copies, `P` the primary and `R` a replica, then the
   * node: `P0` started, `P0>2` moving, `P+2` initializing, `R-` unassigned; then `:` and the KiB of a copy in base 36.
   */
  indices: Record<string, string>;
  /** Copies that are left out, because there are too many for a heartbeat. */
  omitted?: number;
}

/** What a running `observe` tells with each heartbeat. */
export interface Watched {
  /** Samples since it began; a crash loses none. */
  samples: Sample[];
  places?: Places;
}

/** Longest `indices` in characters, well below what Temporal takes as one payload (2 MB, a warning from 512 kB). */
export const LONGEST_PLACES = 300_000;

/** Packs where the copies are; of too many, the largest indices stay. */
export function packPlaces(
  t: number,
  cluster: { members: string[]; master?: string },
  copies: readonly ShardCopy[],
  longest = LONGEST_PLACES,
): Places {
  const nodes = [...cluster.members];
  const numbers = new Map(nodes.map((name, number) => [name, number]));
  const numberOf = (name: string) => {
    const number = numbers.get(name) ?? nodes.push(name) - 1;
    numbers.set(name, number);
    return number.toString(36);
  };
  const packed = [...groupByIndex(copies)].map(([index, shards]) => ({
    index,
    words: [...shards]
      .sort(([one], [other]) => one - other)
      .map(([, group]) => wordOf(group, numberOf))
      .join(' '),
    copies: [...shards.values()].reduce((sum, group) => sum + group.length, 0),
    bytes: [...shards.values()].reduce((sum, group) => sum + largest(group), 0),
  }));
  const indices: Record<string, string> = {};
  let length = 0;
  let omitted = 0;
  for (const one of packed.sort((a, b) => b.bytes - a.bytes)) {
    length += one.index.length + one.words.length;
    if (length > longest) omitted += one.copies;
    else indices[one.index] = one.words;
  }
  return {
    t,
    nodes,
    members: cluster.members.length,
    ...(cluster.master !== undefined && { master: cluster.master }),
    indices,
    ...(omitted > 0 && { omitted }),
  };
}

function groupByIndex(copies: readonly ShardCopy[]): Map<string, Map<number, ShardCopy[]>> {
  const indices = new Map<string, Map<number, ShardCopy[]>>();
  for (const copy of copies) {
    const shards = indices.get(copy.index) ?? new Map<number, ShardCopy[]>();
    indices.set(copy.index, shards);
    const group = shards.get(copy.shard);
    if (group) group.push(copy);
    else shards.set(copy.shard, [copy]);
  }
  return indices;
}

function largest(group: readonly ShardCopy[]): number {
  return Math.max(...group.map((copy) => copy.bytes));
}

function wordOf(group: readonly ShardCopy[], numberOf: (name: string) => string): string {
  const words = group.map(({ primary, state, node, movingTo }) => {
    const role = primary ? 'P' : 'R';
    if (state === 'UNASSIGNED' || node === undefined) return `${role}-`;
    if (state === 'INITIALIZING') return `${role}+${numberOf(node)}`;
    const to = state === 'RELOCATING' && movingTo !== undefined ? `>${numberOf(movingTo)}` : '';
    return `${role}${numberOf(node)}${to}`;
  });
  return `${words.join('')}:${Math.ceil(largest(group) / 1024).toString(36)}`;
}

const COPY = /([PR])(?:(-)|(\+?)([0-9a-z]+)(?:>([0-9a-z]+))?)/g;

/** The copies of a picture; a word that can't be read is left out, never guessed. */
export function unpackPlaces(places: Places): ShardCopy[] {
  const nameOf = (number: string | undefined) =>
    number === undefined ? undefined : places.nodes[Number.parseInt(number, 36)];
  return Object.entries(places.indices).flatMap(([index, words]) =>
    words.split(' ').flatMap((word, shard) => {
      const [copies = '', size = '0'] = word.split(':');
      const bytes = Number.parseInt(size, 36) * 1024;
      return [...copies.matchAll(COPY)].flatMap(([, role, none, starting, at, to]): ShardCopy[] => {
        const node = nameOf(at);
        const movingTo = nameOf(to);
        if (node === undefined && none === undefined) return [];
        const state = none ? 'UNASSIGNED' : starting ? 'INITIALIZING' : movingTo ? 'RELOCATING' : 'STARTED';
        return [
          {
            index,
            shard,
            primary: role === 'P',
            state,
            ...(node !== undefined && { node }),
            ...(movingTo !== undefined && { movingTo }),
            bytes,
          },
        ];
      });
    }),
  );
}
