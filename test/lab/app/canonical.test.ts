import { canonicalHash } from '../../../lab/app/canonical';

describe('canonicalHash', () => {
  it('does not depend on the order of keys, at any depth', () => {
    expect(canonicalHash({ a: 1, b: { c: [1, { x: 1, y: 2 }], d: 'é' } })).toBe(
      canonicalHash({ b: { d: 'é', c: [1, { y: 2, x: 1 }] }, a: 1 }),
    );
  });

  it.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { a: '1' }],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: null }, {}],
  ])('tells %j from %j', (one, other) => {
    expect(canonicalHash(one)).not.toBe(canonicalHash(other));
  });
});
