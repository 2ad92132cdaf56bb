import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCa } from '../support/certificates';
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

test('certificates are public: a file of them is no secret, and no other secret is forgotten for it; a key in it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redact-'));
  try {
    makeCa(folder);
    const [certificate, key] = ['ca.crt', 'ca.key'].map((name) => readFileSync(join(folder, name), 'utf8')) as [
      string,
      string,
    ];
    const redactor = new Redactor();
    redactor.remember('hunter2hunter2');
    // As of a company: its lines are more than the secrets that are remembered.
    redactor.remember(certificate.repeat(60));
    expect(redactor.clean('hunter2hunter2')).toBe('[secret]');
    expect(redactor.clean(certificate)).toBe(certificate);
    redactor.remember(certificate + key);
    expect(redactor.clean(certificate)).toBe(certificate);
    expect(redactor.clean(key.split('\n')[1] ?? '')).toBe('[secret]');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the lines of keys are not counted as secrets of their own', () => {
  const redactor = new Redactor();
  redactor.remember('hunter2hunter2');
  for (let key = 0; key < 10; key += 1) {
    const lines = Array.from({ length: 50 }, (_, line) => `line ${line} of key ${key}`);
    redactor.remember(`-----BEGIN KEY-----\n${lines.join('\n')}\n-----END KEY-----`);
  }
  expect(redactor.clean('hunter2hunter2')).toBe('[secret]');
  for (let other = 0; other < 256; other += 1) redactor.remember(`other secret ${other}`);
  expect(redactor.clean('hunter2hunter2')).toBe('hunter2hunter2');
});
