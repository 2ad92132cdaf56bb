import { uiCandidates } from '../../src/cli/ui';

// With compose up, a link to a run on another server led to compose's UI, which knows nothing of it.
test('the UI of compose is only looked for beside the server of compose', () => {
  expect(uiCandidates(7233)).toEqual(['http://127.0.0.1:8233', 'http://127.0.0.1:8080']);
  expect(uiCandidates(7300)).toEqual(['http://127.0.0.1:8300']);
});
