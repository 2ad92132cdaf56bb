import fc from 'fast-check';
import { Redactor } from '../../src/secrets/redact';

/** Secrets of every kind of character; the longest piece that may be left of one is three characters. */
const secret = fc
  .oneof(
    fc.string({ minLength: 8, maxLength: 40 }),
    fc.string({ minLength: 8, maxLength: 20, unit: 'grapheme' }),
    fc.stringMatching(/^[a-z"'\\<>&%+ $`!/=~*()-]{8,30}$/),
  )
  // Nobody could tell it from the words around it.
  .filter((text) => text.trim() === text && new Set(text).size > 5 && !/[\r\n]/.test(text));

const json = (text: string) => JSON.stringify({ text });

/** How programs write a value, and how it is read back: a secret that can be read back was not taken out. */
const WRITERS: [string, (text: string) => string][] = [
  ['as it is', (text) => text],
  ['in JSON', json],
  ['in JSON in JSON', (text) => json(json(text))],
  ['in JSON in JSON in JSON', (text) => json(json(json(text)))],
  [
    'as ASCII JSON',
    (text) => json(text).replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  ],
  ['in an address', (text) => encodeURIComponent(text)],
  ['in a form', (text) => new URLSearchParams({ password: text }).toString()],
  ['quoted for a shell', (text) => `'${text.replaceAll("'", `'\\''`)}'`],
  ['in double quotes of a shell', (text) => `"${text.replace(/[\\$`"]/g, '\\$&')}"`],
  [
    'in HTML',
    (text) =>
      text
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;'),
  ],
  [
    'in XML',
    (text) =>
      text
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&apos;'),
  ],
  ['in hex', (text) => Buffer.from(text).toString('hex')],
  ['in HEX', (text) => Buffer.from(text).toString('hex').toUpperCase()],
  ['in base64', (text) => Buffer.from(text).toString('base64')],
  ['in base64 for addresses', (text) => Buffer.from(text).toString('base64url')],
];

test.each(WRITERS)('a secret %s is taken out, wherever it stands', (_name, write) => {
  fc.assert(
    fc.property(secret, fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (value, before, after) => {
      const redactor = new Redactor();
      redactor.remember(value);
      const written = write(value);
      const cleaned = redactor.clean(`${before} ${written} ${after}`);
      const inner = write(value).slice(0, -1);
      expect(cleaned.includes(inner)).toBe(false);
      expect(cleaned).toContain('[secret]');
    }),
    { numRuns: 25 },
  );
});

test('a login is taken out of a header of the Basic scheme, whoever logs in', () => {
  fc.assert(
    fc.property(secret, fc.stringMatching(/^[a-z]{1,9}$/), (value, user) => {
      const redactor = new Redactor();
      redactor.remember(value);
      const login = Buffer.from(`${user}:${value}`).toString('base64');
      expect(redactor.clean(`> Authorization: Basic ${login}\n> Accept: */*`)).toBe(
        '> Authorization: Basic [secret]\n> Accept: */*',
      );
    }),
  );
});

test('what is left of a secret where a text was cut is taken out, from four characters on', () => {
  fc.assert(
    fc.property(secret, fc.integer({ min: 4, max: 7 }), (value, length) => {
      const redactor = new Redactor();
      redactor.remember(value);
      expect(redactor.clean(`x ${value.slice(0, length)}`)).not.toContain(value.slice(0, length));
      expect(redactor.clean(`x ${value.slice(0, length)}… and more`)).not.toContain(value.slice(0, length));
      expect(redactor.clean(`…${value.slice(-length)} y`)).not.toContain(value.slice(-length));
    }),
  );
});

test('a value of any shape is cleaned in every field, also in one that nobody thought of', () => {
  fc.assert(
    fc.property(secret, fc.object({ maxDepth: 4 }), (value, shape) => {
      const redactor = new Redactor();
      redactor.remember(value);
      const told = { shape, list: [{ deep: `x ${value}` }], [`key ${value}`]: json(value) };
      expect(JSON.stringify(redactor.cleanAll(told))).not.toContain(JSON.stringify(value).slice(1, -1));
    }),
  );
});

test('what is known is bounded: of many secrets the newest are kept', () => {
  const redactor = new Redactor();
  for (let i = 0; i < 400; i++) redactor.remember(`secret-number-${String(i).padStart(4, '0')}`);
  expect(redactor.clean('secret-number-0399 secret-number-0200')).toBe('[secret] [secret]');
  expect(redactor.clean('secret-number-0001')).toBe('secret-number-0001');
});

test('a secret that is too short to be taken out is refused', async () => {
  const secrets = new Redactor().watching({ resolve: async () => 'short' });
  await expect(secrets.resolve('env:PASSWORD')).rejects.toMatchObject({
    type: 'SecretMissing',
    message: expect.stringContaining('env:PASSWORD has fewer than 6 characters'),
  });
});
