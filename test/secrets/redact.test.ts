import { Redactor } from '../../src/secrets/redact';

test('what was resolved is taken out, whole or line by line; nothing else is', async () => {
  const redactor = new Redactor();
  const key = '-----BEGIN KEY-----\nAAAAB3NzaC1yc2E\nqwertyuiop12345\n-----END KEY-----';
  const secrets = redactor.watching({ resolve: async (ref) => (ref === 'env:KEY' ? key : 'pa"ss&word/1') });
  expect(redactor.clean('pa"ss&word/1')).toBe('pa"ss&word/1');
  await secrets.resolve('env:KEY');
  await expect(secrets.resolve('env:PASSWORD')).resolves.toBe('pa"ss&word/1');
  expect(redactor.clean('key qwertyuiop12345 here')).toBe('key [secret] here');
  expect(redactor.clean('-----BEGIN KEY-----')).toBe('-----BEGIN KEY-----');
  expect(redactor.clean('{"password":"pa\\"ss&word/1"}')).toBe('{"password":"[secret]"}');
  expect(redactor.clean(`?p=${encodeURIComponent('pa"ss&word/1')}`)).toBe('?p=[secret]');
});

test('a part too short to be told from ordinary words stays', () => {
  const redactor = new Redactor();
  redactor.remember('abc');
  expect(redactor.clean('abc')).toBe('abc');
});
