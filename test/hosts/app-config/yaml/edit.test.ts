import { parse } from 'yaml';
import { flattenConfig, readKey, removeKey, setKey } from '../../../../src/hosts/app-config/yaml/edit';
import { ConfigEditError } from '../../../../src/hosts/app-config/setting';

const TRICKY = `# The shop   (do not reformat)
defaults: &d
    urls: &u   # the urls
    - http://198.18.1.11:9200   # first
    - http://198.18.1.12:9200
    # tail
    user: 'x'     # who
    empty:
    text: |
      a
      b

prod:
    <<: *d
    octal: 012
    folded: >
      hello
      there
"es.flat.key":   one
es:
  mixed.key: "two"
flow: {a: 1, "b": [1, 2] }   # flow
last: ~
# end
`;

const yaml = (text: string, key: string, value: Parameters<typeof setKey>[2]) =>
  setKey(text, key, value, 'yaml', 'nested');

describe('setKey', () => {
  it('changes one scalar and no other byte', () => {
    expect(yaml(TRICKY, 'defaults.user', 'p:w# "q\'')).toBe(TRICKY.replace("'x'", '"p:w# \\"q\'"'));
  });

  it('replaces a block list in its own shape, with the indent, the anchor and the comments around it', () => {
    const edited = yaml(TRICKY, 'defaults.urls', ['https://198.18.2.11:9243', 'https://198.18.2.12:9243']);
    expect(edited).toBe(
      TRICKY.replace(
        '- http://198.18.1.11:9200   # first\n    - http://198.18.1.12:9200',
        '- "https://198.18.2.11:9243"\n    - "https://198.18.2.12:9243"',
      ),
    );
    expect(readKey(edited, 'defaults.urls')).toHaveLength(2);
  });

  it('turns a block list at its key’s own indent into a single value', () => {
    expect(yaml('urls: # ours\n- a\n- b\nnext: 1\n', 'urls', 'x,y')).toBe('urls: "x,y" # ours\nnext: 1\n');
  });

  it('replaces a block text and gives an empty key its value', () => {
    expect(yaml(TRICKY, 'defaults.text', 'c')).toContain('    text: c\n\nprod:');
    expect(yaml(TRICKY, 'defaults.empty', true)).toContain('    empty: true\n');
    expect(yaml('a:\nb: 1\n', 'a', 5)).toBe('a: 5\nb: 1\n');
  });

  it.each([
    ['es.flat.key', '"es.flat.key":   one', '"es.flat.key":   three'],
    ['es.mixed.key', 'mixed.key: "two"', 'mixed.key: three'],
    ['flow.a', '{a: 1,', '{a: three,'],
    ['last', 'last: ~', 'last: three'],
  ])('finds %s in its own spelling', (key, before, after) => {
    expect(yaml(TRICKY, key, 'three')).toBe(TRICKY.replace(before, after));
  });

  it('adds a missing key to the innermost mapping of its path', () => {
    expect(yaml(TRICKY, 'es.auth.user', 'me')).toContain('  mixed.key: "two"\n  auth:\n    user: me\nflow:');
    expect(yaml(TRICKY, 'flow.c', 'd')).toContain('flow: {a: 1, "b": [1, 2], c: d }   # flow');
    expect(yaml('a: {}\n', 'a.b', 1)).toBe('a: { b: 1 }\n');
    expect(yaml('a: # soon\nb: 1\n', 'a.x.w', 'z')).toContain('a: { x: { w: z } } # soon');
    expect(yaml('# nothing yet', 'a.b', 'c')).toBe('# nothing yet\na:\n  b: c\n');
  });

  it('adds flat at the top where that is asked for', () => {
    expect(setKey('a:\n  b: 1\n# end\n', 'a.c', ['x'], 'yaml', 'flat')).toBe(
      'a:\n  b: 1\na.c: ["x"]\n# end\n'.replace('["x"]', '[x]'),
    );
  });

  it('quotes what some reader takes for something else', () => {
    for (const value of [
      'yes',
      'NULL',
      '1e3',
      '0x10',
      '2024-01-01',
      '~',
      '',
      ' a',
      '- b',
      'a: b',
      '{{x}}',
      '\u{1F600}',
      'a\tb\\',
    ]) {
      const edited = yaml('key: old\n', 'key', value);
      expect(parse(edited)).toEqual({ key: value });
      expect(parse(edited, { version: '1.1' })).toEqual({ key: value });
    }
  });

  it('leaves the text alone when the value is there already', () => {
    expect(yaml(TRICKY, 'defaults.user', 'x')).toBe(TRICKY);
    expect(yaml(TRICKY, 'defaults.urls', ['http://198.18.1.11:9200', 'http://198.18.1.12:9200'])).toBe(TRICKY);
  });

  it('keeps Windows line ends', () => {
    const text = 'a:\r\n  - x\r\nb: 1\r\n';
    expect(setKey(setKey(text, 'a', ['v', 'z'], 'yaml', 'refuse'), 'c', 2, 'yaml', 'flat')).toBe(
      'a:\r\n  - v\r\n  - z\r\nb: 1\r\nc: 2\r\n',
    );
  });

  it.each([
    ['a: *x\nx: &x 1\n', 'b', /can't be edited safely/],
    ['a: 1\na: 2\n', 'a', /not valid YAML/],
    ['- 1\n', 'a', /not a mapping/],
    ['a: 1\n---\nb: 2\n', 'a', /not valid YAML/],
    ['a: 1\n', 'a.b', /a plain value at "a"/],
    ['a: [1]\n', 'a.b', /a list at "a"/],
    ['d: &d {x: 1}\na: *d\n', 'a.x', /from the anchor "\*d"/],
    ['a:\n  - &one 1\nb: *one\n', 'a', /can't be edited safely at "a"/],
  ])('refuses %j', (text, key, message) => {
    expect(() => yaml(text, key, 'new')).toThrow(ConfigEditError);
    expect(() => yaml(text, key, 'new')).toThrow(message);
  });

  it('refuses a missing key when it may not be added, and never shows a value', () => {
    expect(() => setKey('a: 1\n', 'b.c', 'hush', 'yaml', 'refuse')).toThrow(/has no key "b.c"; correct the key/);
    expect(() => yaml('a: 1\n', 'a.b', 'hush')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hush') }),
    );
  });
});

describe('removeKey', () => {
  it('removes every spelling, and a mapping that is left empty', () => {
    const text = '# top\na:\n  b:\n    c: 1 # gone\n# kept\na.b.c: 2\nd: {e: 1, f: x}\n';
    expect(removeKey(text, 'a.b.c')).toBe('# top\n# kept\nd: {e: 1, f: x}\n');
    expect(removeKey(text, 'd.e')).toContain('d: { f: x }');
    expect(removeKey('only: 1\n', 'only')).toBe('');
  });

  it('removes a list with its items and leaves the neighbours', () => {
    expect(removeKey('a: 1\nb:\n  - x\n  - y\nc: 2\n', 'b')).toBe('a: 1\nc: 2\n');
    expect(removeKey('a: 1\nb:\n- x\n- y', 'b')).toBe('a: 1\n');
  });
});

it('flattens nested and flat keys alike', () => {
  expect(Object.fromEntries(flattenConfig('a:\n  b.c: 1\nd.e: [x]\nf:\n'))).toEqual({
    'a.b.c': 1,
    'd.e': ['x'],
    f: null,
  });
});
