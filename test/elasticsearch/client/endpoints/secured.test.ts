import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAILURES } from '../../../../src/contract/failures';
import { endpointOf } from '../../../../src/elasticsearch/client/endpoints';
import { readCa } from '../../../../src/elasticsearch/client/endpoints/secured';
import { parsePlan } from '../../../../src/plan/parse';
import { minimalPlan } from '../../../plan/minimal';
import { makeCa } from '../../../support/certificates';

let folder: string;
beforeAll(() => makeCa((folder = mkdtempSync(join(tmpdir(), 'ca-')))));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const holding = (text: string) => ({ resolve: async () => text });

test('of the file of a CA only certificates are used, and nothing else that stands in it', async () => {
  const ca = await readCa(holding(`a note\n${read('ca.crt')}${read('ca.key')}${read('ca.crt')}`), 'file:/ca.pem');
  expect(ca).toBe(read('ca.crt') + read('ca.crt'));
});

test.each([
  ['nothing', 'it holds no certificate'],
  ['-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----', 'it holds what is no certificate'],
])('a file that holds %j is refused by name', async (text, why) => {
  const message = expect.stringContaining(`elasticsearch.https.ca: file:/ca.pem can't be used: ${why}`) as string;
  await expect(readCa(holding(text), 'file:/ca.pem')).rejects.toMatchObject({
    type: FAILURES.INVALID_PLAN,
    nonRetryable: true,
    message,
  });
});

test('nodes are spoken to as the plan says', async () => {
  const base = minimalPlan();
  const options = async (more: object) => {
    const plan = parsePlan({ ...base, elasticsearch: { ...base.elasticsearch, ...more } });
    const endpoint = await endpointOf(plan, holding(read('ca.crt')));
    return { ...endpoint.options('10.0.1.11', 9200), ca: endpoint.ca };
  };
  expect(await options({})).toEqual({ node: 'http://10.0.1.11:9200', ca: undefined });
  const https = { https: { ca: 'file:/ca.pem' } };
  expect(await options(https)).toEqual({ node: 'https://10.0.1.11:9200', ca: read('ca.crt') });
});
