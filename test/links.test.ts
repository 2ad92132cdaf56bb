import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runLink, startLink, uiAddress } from '../src/links';

const UI = 'http://127.0.0.1:8080';

test.each(['README.md', 'docs/RUNBOOK.md'])('%s has the links for starting and for the open run', (file) => {
  const text = readFileSync(join(__dirname, '..', file), 'utf8');
  expect(text).toContain(startLink(UI, 'NAME'));
  expect(text).toContain(runLink(UI, 'bigswitch-NAME'));
});

test('what is in a name can not lead elsewhere', () => {
  expect(runLink(`${UI}/temporal/`, 'a/../b?c#d', 'my space')).toBe(
    `${UI}/temporal/namespaces/my%20space/workflows/a%2F..%2Fb%3Fc%23d`,
  );
  expect(runLink(UI, 'a', 'b', 'c/d')).toBe(`${UI}/namespaces/b/workflows/a/c%2Fd/history`);
  expect(startLink(UI, 'a&b=c')).toContain('&workflowId=bigswitch-a%26b%3Dc');
});

test('where the UI is, is an address or nothing', () => {
  expect(uiAddress({})).toBeUndefined();
  expect(uiAddress({ BIGSWITCH_UI: '' })).toBeUndefined();
  expect(uiAddress({ BIGSWITCH_UI: UI })).toBe(UI);
  expect(() => uiAddress({ BIGSWITCH_UI: 'javascript:alert(1)' })).toThrow('use the address of Temporal');
  expect(() => uiAddress({ BIGSWITCH_UI: '127.0.0.1' })).toThrow('BIGSWITCH_UI is "127.0.0.1"');
});
