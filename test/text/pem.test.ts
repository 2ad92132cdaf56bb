import { certificatesIn } from '../../src/text/pem';

const certificate = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;

test('of a text with keys and notes only the certificates are taken, in their order', () => {
  const key = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----';
  const text = `a note\n${certificate('b25l')}\n${key}\n${certificate('dHdv')}\n`;
  expect(certificatesIn(text)).toEqual([certificate('b25l'), certificate('dHdv')]);
  expect(certificatesIn(key)).toEqual([]);
});
