import {
  behind,
  compare,
  goalsOf,
  hashOf,
  stays,
  unevenGroups,
  type Seen,
} from '../../../src/elasticsearch/data-proof/compare';
import { inParts, type CopyState } from '../../../src/elasticsearch/data-proof/copies';
import type { ShardGroup } from '../../../src/elasticsearch/shards/table';

const copy = (nodeId: string, maxSeqNo: number, localCheckpoint = maxSeqNo, documents = 5): CopyState => ({
  nodeId,
  primary: nodeId === 'a',
  documents,
  maxSeqNo,
  localCheckpoint,
});
const group: ShardGroup = {
  index: 'orders',
  shard: 0,
  copies: ['a', 'b'].map((node) => ({
    index: 'orders',
    shard: 0,
    primary: node === 'a',
    state: 'STARTED',
    node,
    bytes: 1,
  })),
};
const document = (seqNo: number, hash: string | undefined = 'h', version = 1): Seen => ({
  version,
  seqNo,
  primaryTerm: 1,
  hash,
});

describe('writes of copies', () => {
  it('have the highest number that any copy knows as their goal', () => {
    expect(
      goalsOf(
        new Map([
          ['orders/0', [copy('a', 7), copy('b', 9)]],
          ['empty/0', []],
        ]),
      ),
    ).toEqual(
      new Map([
        ['orders/0', 9],
        ['empty/0', -1],
      ]),
    );
  });

  it.each([
    ['equal copies', [copy('a', 9), copy('b', 9)], []],
    ['copies that got more since', [copy('a', 40), copy('b', 30, 12)], []],
    ['an empty shard', [copy('a', -1), copy('b', -1)], []],
    ['a copy with a gap', [copy('a', 9), copy('b', 9, 6)], [{ nodeId: 'b', writes: 3 }]],
    ['a copy that says nothing', [copy('a', 9), { nodeId: 'b', primary: false }], [{ nodeId: 'b', writes: Infinity }]],
    ['a copy that is missing', [copy('a', 9)], [{ writes: Infinity }]],
    ['no answer', undefined, [{ writes: Infinity }]],
  ])('%s', (what, copies, expected) => {
    const goal = what === 'an empty shard' ? -1 : 9;
    expect(behind(group, copies, goal)).toEqual(expected.map((one) => ({ index: 'orders', shard: 0, ...one })));
  });

  it('says which shards count unevenly, and never takes silence for even', () => {
    const uneven = (copies: CopyState[]) => unevenGroups([group], new Map([['orders/0', copies]])).length;
    expect(uneven([copy('a', 9), copy('b', 9)])).toBe(0);
    expect(uneven([copy('a', 9), copy('b', 9, 9, 4)])).toBe(1);
    expect(uneven([{ nodeId: 'a', primary: true }])).toBe(1);
  });
});

describe('hashOf', () => {
  it('is the same whatever the order of the keys, at any depth', () => {
    expect(hashOf({ b: [{ y: 1, x: null }], a: 'ü' })).toBe(hashOf({ a: 'ü', b: [{ x: null, y: 1 }] }));
    expect(hashOf({})).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    [{ a: 1 }, { a: '1' }],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: null }, {}],
    [{ a: { b: 1 } }, { a: 1, b: 1 }],
  ])('tells %j from %j', (one, other) => expect(hashOf(one)).not.toBe(hashOf(other)));
});

describe('compare', () => {
  it.each<[string, Seen, Seen]>([
    ['same', document(3), document(3)],
    ['different', document(3), document(3, 'other')],
    ['different', document(3), document(4)],
    ['different', document(3), document(3, 'h', 2)],
    ['different', document(3), { ...(document(3) as object), primaryTerm: 2 } as Seen],
    ['different', document(3), 'missing'],
    ['gone', 'missing', 'missing'],
    ['no-source', { version: 1, seqNo: 3, primaryTerm: 1 }, { version: 1, seqNo: 3, primaryTerm: 1 }],
    ['different', document(3), { version: 1, seqNo: 3, primaryTerm: 1 }],
  ])('%s: %j and %j', (verdict, left, right) => expect(compare({ left, right })).toBe(verdict));
});

describe('a difference stays', () => {
  it.each<[boolean, string, Seen, Seen, Seen, Seen]>([
    [true, 'when it is the very same', document(3), document(3, 'x'), document(3), document(3, 'x')],
    [true, 'when a document is still missing', 'missing', document(3), 'missing', document(3)],
    [true, 'when one side lags behind what the other had', document(3), document(8), document(3), document(20)],
    [false, 'when it is written to all the time', document(3), document(4), document(9), document(8)],
    [false, 'when it is deleted and made again', 'missing', document(3), document(7), 'missing'],
    [false, 'when it comes and goes', 'missing', document(3), 'missing', document(9)],
  ])('%s %s', (expected, _when, left, right, leftNow, rightNow) => {
    expect(stays({ left, right }, { left: leftNow, right: rightNow })).toBe(expected);
  });
});

describe('inParts', () => {
  it('keeps each part below the first line that Elasticsearch takes', () => {
    const names = Array.from({ length: 1_000 }, (_, i) => `logs-ü-${'x'.repeat(i % 200)}-${i}`);
    const parts = inParts(names);
    expect(parts.flat()).toEqual(names);
    for (const part of parts) expect(encodeURIComponent(part.join(',')).length).toBeLessThan(3_500);
    expect(inParts([])).toEqual([]);
    expect(inParts(Array.from({ length: 250 }, (_, i) => `i${i}`)).map((part) => part.length)).toEqual([100, 100, 50]);
  });
});
