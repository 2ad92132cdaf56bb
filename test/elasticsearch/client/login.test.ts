import { loginOf, nameOf, type PlannedLogin } from '../../../src/elasticsearch/client/login';
import { parsePlan } from '../../../src/plan/parse';
import { minimalPlan } from '../../plan/minimal';

const secrets = { resolve: async (ref: string) => `what ${ref} holds` };
const by = (auth?: PlannedLogin) => {
  const base = minimalPlan();
  const plan = parsePlan({ ...base, elasticsearch: { ...base.elasticsearch, ...(auth && { auth }) } });
  return loginOf(plan, secrets);
};

test('nobody logs in to a cluster that knows no users', async () => {
  expect(await by()).toBeUndefined();
});

test.each([
  [
    { username: 'elastic', password: 'env:P' },
    { username: 'elastic', password: 'what env:P holds' },
    `Basic ${Buffer.from('elastic:what env:P holds').toString('base64')}`,
    'elastic',
  ],
  [{ apiKey: 'env:K' }, { apiKey: 'what env:K holds' }, 'ApiKey what env:K holds', 'the API key'],
  [{ token: 'env:T' }, { bearer: 'what env:T holds' }, 'Bearer what env:T holds', 'the user of the token'],
] as const)('by %j the client library and everybody else are told the same', async (auth, client, header, name) => {
  expect(await by(auth)).toEqual({ client, header });
  expect(nameOf(auth)).toBe(name);
});
