import { parsePlan } from '../../src/plan/parse';
import { brokenPlan, minimalPlan, problemsOf } from './minimal';

const withNotify = (notify: unknown) => brokenPlan((plan) => (plan['notify'] = notify));

describe('who is told', () => {
  test('is nobody by default', () => {
    expect(parsePlan(minimalPlan()).notify).toEqual({ webhooks: [], commands: [] });
  });

  test('is told of everything by default', () => {
    const { webhooks } = parsePlan(withNotify({ webhooks: [{ name: 'chat', url: 'env:CHAT' }] })).notify;
    expect(webhooks).toEqual([
      {
        name: 'chat',
        url: 'env:CHAT',
        format: 'json',
        on: ['gate-opened', 'phase-ended', 'stuck', 'waiting', 'blocked', 'run-ended'],
      },
    ]);
  });

  test('is never named by an address or a secret itself', () => {
    const url = 'https://chat.example.net/hook/correct-horse-battery';
    const problems = problemsOf(withNotify({ webhooks: [{ name: 'chat', url, authorization: 'Bearer x' }] }));
    expect(problems).toHaveLength(2);
    expect(problems.join()).toContain('notify.webhooks.0.url: must be a reference');
    expect(problems.join()).not.toContain('correct-horse');
  });

  test.each(['/bin/sh', '../sh', 'sh -c id', '.hidden', '', 'a/b', '$(id)'])('is no path or shell line: %j', (run) => {
    expect(problemsOf(withNotify({ commands: [{ name: 'pager', run }] }))).toEqual([
      "notify.commands.0.run: must be the name of a file in the worker's hooks folder",
    ]);
  });

  test('has a name of its own', () => {
    const webhooks = [{ name: 'ops', url: 'env:A' }];
    expect(problemsOf(withNotify({ webhooks, commands: [{ name: 'ops', run: 'page' }] }))).toEqual([
      'notify.commands.0: name "ops" is also that of notify.webhooks.0; the audit names them, so each needs its own',
    ]);
  });
});
