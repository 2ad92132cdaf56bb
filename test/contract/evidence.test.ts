import { fallen, type Evidence } from '../../src/contract/evidence';

const of = (figures: Record<string, number>, more: Record<string, number> = {}): Evidence => ({
  ...{ gate: 'teardown', takenAt: '2026-11-30T00:00:00Z', holds: true },
  facts: [
    { name: 'documents', ok: true, seen: '', figures },
    { name: 'green', ok: true, seen: '' },
    { name: 'others', ok: true, seen: '', figures: more },
  ],
});

test.each([
  [{ orders: 1000 }, { orders: 901 }, []],
  [{ orders: 1000 }, { orders: 899 }, ['orders: 1000, now 899']],
  [{ orders: 150 }, { orders: 50 }, []],
  [{ orders: 150 }, { orders: 49 }, ['orders: 150, now 49']],
  [{ orders: 1e6 }, {}, ['orders: 1000000, now 0']],
  [{ orders: 10 }, { orders: 1e9, born: 1 }, []],
])('%j, then %j', (before, after, less) => expect(fallen(of(before), of(after))).toEqual(less));

test('figures are held against each other whichever fact tells them', () => {
  expect(fallen(of({}, { orders: 500 }), of({ orders: 500 }))).toEqual([]);
  expect(fallen(of({ orders: 500 }), { ...of({}), facts: [] })).toEqual(['orders: 500, now 0']);
});
