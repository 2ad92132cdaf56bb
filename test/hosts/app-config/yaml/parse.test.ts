import { flattenConfig, parseConfig } from '../../../../src/hosts/app-config/yaml/edit';
import { ConfigEditError } from '../../../../src/hosts/app-config/setting';

const many = (count: number, one: (index: number) => string) => Array.from({ length: count }, (_, n) => one(n));

/** Files that an ordinary user of a host can write, with which the parser alone is busy for many seconds. */
test.each([
  ['keys', `{${many(20_000, (n) => `k${n}`).join(', ')}}`, 20_000],
  ['lines', many(20_000, (n) => `k${n}: 1`).join('\n'), /more than 10000 lines/],
  ['lines of one text', `a: "${'x\n'.repeat(100_000)}`, /more than 10000 lines/],
  ['characters', `a: ${'x'.repeat(600_000)}`, /more than 262144 characters/],
  ['lists within lists, which end the whole process', '['.repeat(100_000), /more than 100 levels/],
  ['errors', '"'.repeat(50_000), /not valid YAML/],
  ['anchors', `[${many(3_000, (n) => `&a${n} 1`).join(', ')}]`, /more than 1000 anchors/],
  ['aliases', `x: [&a 1, ${many(3_000, () => '*a').join(', ')}]`, /more than 1000 anchors/],
] as const)(
  'many %s stop nobody',
  (_what, text, expected) => {
    const begun = Date.now();
    if (typeof expected === 'number') expect(flattenConfig(text).size).toBe(expected);
    else expect(() => flattenConfig(text)).toThrow(expected);
    expect(Date.now() - begun).toBeLessThan(10_000);
  },
  30_000,
);

test.each([
  ['a: 1\nb: {c: 1, d: 2, c: 3}\n', /a key stands twice/],
  ['a: 1\na: 2\n', /a key stands twice/],
  ['a: *b\nb: &b 1\n', /an alias stands before its anchor/],
])('what readers would not agree about is not valid: %j', (text, expected) => {
  expect(() => parseConfig(text)).toThrow(expected);
});

test.each([
  'password: *hunter2hunter2',
  '%YAML hunter2hunter2\n---\na: 1',
  'password: !!hunter2hunter2 x',
  'password: "hunter2hunter2',
  'hunter2hunter2: 1\nhunter2hunter2: 2',
  'a: b\n} hunter2hunter2',
  'a: |hunter2hunter2\n b',
])('what is told of a file that is not valid has nothing of it: %j', (text) => {
  let told: unknown;
  try {
    parseConfig(text);
  } catch (error) {
    told = error;
  }
  expect(told === undefined || told instanceof ConfigEditError).toBe(true);
  expect(String(told)).not.toContain('hunter2');
});

test('a key that is a collection is nothing to be told of on the terminal', () => {
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  flattenConfig('? ["\\e[2J"]\n: 1\n');
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});
