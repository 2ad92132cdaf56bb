import { brokenPlan, problemsOf } from './minimal';

describe('the login of a plan', () => {
  test.each([
    [{ username: 'elastic' }, 'elasticsearch.auth.password: is missing; add it'],
    [{ apiKey: 'abc' }, 'elasticsearch.auth.apiKey: must be a reference'],
    [{ apiKey: 'env:KEY', username: 'elastic' }, 'elasticsearch.auth.username: unknown field'],
    [{ certificate: 'file:/client.crt' }, 'client certificates are not taken'],
    [{}, 'elasticsearch.auth: must be a username with the reference to its password, or'],
  ])('of the ways to log in to the cluster takes one: %j', (auth, problem) => {
    expect(problemsOf(brokenPlan((plan) => (plan.elasticsearch.auth = auth)))).toEqual([
      expect.stringContaining(problem),
    ]);
  });

  test.each([{ apiKey: 'env:KEY' }, { token: 'file:/token' }])('logs in to the cluster by %j', (auth) => {
    expect(problemsOf(brokenPlan((plan) => (plan.elasticsearch.auth = auth)))).toEqual([]);
  });

  test.each([
    [{ fingerprint: 'AB:'.repeat(31) + 'CD' }, undefined],
    [{ fingerprint: 'ab'.repeat(32) }, undefined],
    [{ fingerprint: 'ab'.repeat(31) }, 'elasticsearch.https.fingerprint: must be the SHA-256 of a certificate in hex'],
    [{ ca: 'env:CA' }, 'elasticsearch.https.ca: must be "file:/absolute/path" of a PEM file on the worker'],
    [{}, 'elasticsearch.https: must be the ca of the nodes, a PEM file on the worker, or its fingerprint'],
  ])('believes nodes by one thing: %j', (https, problem) => {
    const problems = problemsOf(brokenPlan((plan) => (plan.elasticsearch.https = https)));
    expect(problems).toEqual(problem === undefined ? [] : [expect.stringContaining(problem)]);
  });
});
