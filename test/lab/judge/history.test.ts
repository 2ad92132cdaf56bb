import fc from 'fast-check';
import { REGISTERS } from '../../../lab/app/registers';
import { checkHistory, operationsOf, type Operation } from '../../../lab/judge/history';

const [register = '', another = ''] = REGISTERS.ids;
let count = 0;
const operation = (
  kind: Operation['kind'],
  from: number,
  to: number | undefined,
  more: Partial<Operation> = {},
): Operation => ({
  ...{ id: `op-${(count += 1)}`, host: 'app-1', register, kind, from },
  ...(to !== undefined && { to, result: 'ok' as const }),
  ...more,
});
const version = (seqNo: number, primaryTerm = 1) => ({ seqNo, primaryTerm });
const put = (id: string, from: number, to: number | undefined, seqNo?: number, more: Partial<Operation> = {}) =>
  operation('put', from, to, { id, value: id, ...(seqNo !== undefined && { version: version(seqNo) }), ...more });
const read = (from: number, to: number, value?: string, seqNo?: number) =>
  operation('read', from, to, { value, ...(seqNo !== undefined && { version: version(seqNo) }) });
const swap = (id: string, from: number, to: number, expected: number, seqNo: number) =>
  operation('swap', from, to, { id, value: id, expected: version(expected), version: version(seqNo) });

interface Last {
  seqNo: number;
  seen: string;
  primaryTerm?: number;
}

/** The problems of a history that ends with this write. */
function problems(operations: Operation[], last?: Last): string[] {
  const final = REGISTERS.ids.map((id) => (id === register && last ? { primaryTerm: 1, ...last } : undefined));
  return checkHistory(operations, { last: final, from: 1e6, to: 1e6 }).historyProblems;
}

describe('a history that could have happened', () => {
  test.each<[string, Operation[], Last | undefined]>([
    ['nothing', [], undefined],
    ['a read of nothing', [read(1, 2)], undefined],
    ['writes side by side, in either order', [put('a', 1, 9, 8), put('b', 2, 8, 7)], { seqNo: 8, seen: 'a' }],
    [
      'a read beside a write gives either',
      [put('a', 1, 2, 1), put('b', 5, 9, 2), read(6, 7, 'b', 2), read(7, 8, 'a', 1)],
      { seqNo: 2, seen: 'b' },
    ],
    [
      'a write without an answer was done',
      [put('a', 1, 2, 1), put('b', 3, undefined), read(8, 9, 'b', 2)],
      { seqNo: 2, seen: 'b' },
    ],
    ['a write without an answer was not done', [put('a', 1, 2, 1), put('b', 3, undefined)], { seqNo: 1, seen: 'a' }],
    [
      'a swap that was refused',
      [put('a', 1, 2, 1), operation('swap', 3, 4, { result: 'refused', expected: version(0) })],
      { seqNo: 1, seen: 'a' },
    ],
    [
      'one swap after the other',
      [put('a', 1, 2, 1), swap('b', 3, 4, 1, 5), swap('c', 5, 6, 5, 9)],
      { seqNo: 9, seen: 'c' },
    ],
    [
      'a later term',
      [put('a', 1, 2, 9), put('b', 3, 4, 2, { version: version(2, 2) })],
      { seqNo: 2, seen: 'b', primaryTerm: 2 },
    ],
  ])('%s', (_, operations, last) => {
    expect(problems(operations, last)).toEqual([]);
  });
});

describe('a history that could not', () => {
  test.each<[string, Operation[], Last | undefined, string]>([
    [
      'an acknowledged write is gone',
      [put('a', 1, 2, 1)],
      undefined,
      'the final cluster read nothing of register-0 when a was there since',
    ],
    [
      'an acknowledged write was taken back',
      [put('a', 1, 2, 1), put('b', 3, 4, 2)],
      { seqNo: 1, seen: 'a' },
      'when b was there since',
    ],
    [
      'a write was done twice',
      [put('a', 1, 5, 3), read(2, 3, 'a', 1)],
      { seqNo: 3, seen: 'a' },
      'a was written twice to register-0: 1/3 and 1/1',
    ],
    [
      'one write has two values',
      [put('a', 1, 2, 1), put('b', 1, 2, 1)],
      { seqNo: 1, seen: 'b' },
      'write 1/1 of register-0 is both a and b',
    ],
    [
      'a write overtook one that was acknowledged before',
      [put('a', 1, 2, 9), put('b', 3, 4, 5)],
      { seqNo: 9, seen: 'a' },
      'a was acknowledged before b of register-0 began, and comes after it',
    ],
    [
      'a read is of a time long past',
      [put('a', 1, 2, 1), put('b', 3, 4, 2), read(5, 6, 'a', 1)],
      { seqNo: 2, seen: 'b' },
      'read a of register-0 when b was there since',
    ],
    [
      'a read found nothing',
      [put('a', 1, 2, 1), read(5, 6)],
      { seqNo: 1, seen: 'a' },
      'read nothing of register-0 when a was there since',
    ],
    [
      'a read found what nobody wrote',
      [read(5, 6, 'x', 1)],
      { seqNo: 1, seen: 'x' },
      'read x of register-0, which nobody had written',
    ],
    [
      'a read found what was not begun',
      [put('a', 8, 9, 1), read(5, 6, 'a', 1)],
      { seqNo: 1, seen: 'a' },
      'which nobody had written',
    ],
    [
      'a read found what was refused',
      [operation('swap', 1, 2, { id: 'r', result: 'refused' }), read(5, 6, 'r', 1)],
      { seqNo: 1, seen: 'r' },
      'which nobody had written',
    ],
    [
      'a read found what was written elsewhere',
      [put('a', 1, 2, 1, { register: another }), read(5, 6, 'a', 1)],
      undefined,
      'op-\\d+ read a of register-0, which nobody had written',
    ],
    [
      'two swaps took the place of the same',
      [put('a', 1, 2, 1), swap('b', 3, 4, 1, 5), swap('c', 3, 4, 1, 6)],
      { seqNo: 6, seen: 'c' },
      'c took the place of 1/1 of register-0, and b between them is lost',
    ],
  ])('%s', (_, operations, last, words) => {
    expect(problems(operations, last)).toContainEqual(expect.stringMatching(words));
  });
});

/** A real register: every operation takes effect at one moment between its beginning and its end. */
function played(steps: { kind: Operation['kind']; from: number; lag: number; takes: number; lost: boolean }[]): {
  operations: Operation[];
  last?: Last;
} {
  let now: Last | undefined;
  let seqNo = 0;
  const acts = steps
    .map((step, i) => ({ ...step, id: `w${i}`, done: step.from + step.lag }))
    .sort((a, b) => a.done - b.done);
  const operations = acts.map(({ id, kind, from, done, takes, lost }) => {
    if (kind === 'read')
      return operation('read', from, done + takes, now ? { value: now.seen, version: version(now.seqNo) } : {});
    const expected = kind === 'swap' && now ? { expected: version(now.seqNo) } : {};
    now = { seqNo: (seqNo += 1), seen: id };
    const what = operation(kind, from, lost ? undefined : done + takes, { id, value: id, ...expected });
    return lost ? what : { ...what, version: version(seqNo) };
  });
  return { operations, last: now };
}

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<Operation['kind'][]>('put', 'swap', 'read'),
    ...{ from: fc.nat(200), lag: fc.nat(20), takes: fc.nat(20), lost: fc.boolean() },
  }),
  { minLength: 2, maxLength: 40 },
);

test('whatever a real register does is explained', () => {
  fc.assert(fc.property(steps, (all) => expect(problems(...toCall(played(all)))).toEqual([])));
});

test('a real register that forgets its last acknowledged write is found out', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const { operations, last } = played(all);
      const acked = operations.find(({ id, result }) => id === last?.seen && result === 'ok');
      fc.pre(acked !== undefined);
      expect(problems(operations, undefined)).not.toEqual([]);
    }),
  );
});

const toCall = ({ operations, last }: ReturnType<typeof played>) => [operations, last] as const;

test('an end without its beginning is no history', () => {
  const begin = { begin: 'a', host: 'app-1', register, kind: 'read' as const, t: 1 };
  const end = { end: 'a', t: 2, result: 'ok' as const };
  expect(operationsOf([end, begin])).toMatchObject([{ id: 'a', from: 1, to: 2, result: 'ok' }]);
  expect(() => operationsOf([end])).toThrow('the end of a, and not its beginning');
});
