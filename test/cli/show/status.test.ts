import { showStatus } from '../../../src/cli/show/status';
import type { Io } from '../../../src/cli/io';
import { tryingSentence, type Trying } from '../../../src/contract/trying';
import { colours } from '../../../src/text/terminal';
import { buildView } from '../../../src/view/view';
import { newLines } from '../../../src/watch/plain';
import { renderScreen } from '../../../src/watch/screen';
import { NEW_SEAT } from '../../../src/watch/state';
import { plain } from '../../../src/watch/text';
import { AT, replicating } from '../../view/facts-fixture';

const TRYING: Trying = {
  what: 'join: start new-2',
  host: 'new-2',
  attempt: 3,
  why: 'no answer from new-2',
  since: '2026-11-24T09:58:07.000Z',
  next: '2026-11-24T10:00:35.000Z',
};

test('status, lines and screen say what is tried again with the same sentence', () => {
  const facts = replicating();
  const status = { ...facts.status, trying: [TRYING] };
  const io = { colours: colours(false), columns: 200 } as Io;
  const shown = { name: 'shop', workflowId: 'bigswitch-shop', runId: 'r', execution: 'RUNNING', status };
  const sentence = tryingSentence(TRYING);
  expect(String(showStatus(io, shown, AT))).toContain(`Tried again: ${sentence}`);

  const view = buildView({ ...facts, status });
  expect(newLines(view, undefined).join('\n')).toContain(sentence);
  const screen = renderScreen(view, NEW_SEAT, { columns: 200, rows: 60 }, AT).map(plain);
  expect(screen.join('\n')).toContain(sentence);
});
