import { nameOf, typed } from '../../src/cli/migrations';

test.each([
  ['bigswitch-shop', 'shop', 'shop'],
  ['bigswitch-bigswitch-shop', 'bigswitch-shop', 'bigswitch-shop'],
  ['someone-elses-id', 'someone-elses-id', '--workflow-id someone-elses-id'],
])('what to type for %s', (workflowId, name, words) => {
  expect(nameOf(workflowId)).toBe(name);
  expect(typed({ name, workflowId })).toBe(words);
});
