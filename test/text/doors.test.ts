import { judged, showChecks } from '../../src/cli/show/checks';
import { showDryRun } from '../../src/cli/show/dry-run';
import { showEvidence } from '../../src/cli/show/evidence';
import { showStatus } from '../../src/cli/show/status';
import { table } from '../../src/cli/show/table';
import { note, say, sayJson, type Io } from '../../src/cli/io';
import { dryRun } from '../../src/activities/dry-run/dry-run';
import { slackText } from '../../src/activities/notify/webhook';
import { Streams } from '../../src/console/streams';
import type { ServerResponse } from 'node:http';
import { buildReport } from '../../src/report/build';
import { renderPage } from '../../src/report/page';
import { harmlessJson } from '../../src/text/harmless';
import { escapeMarkdown, mdText, summaryText } from '../../src/text/markdown';
import { colours, paragraph, term } from '../../src/text/terminal';
import { buildView } from '../../src/view/view';
import { newLines } from '../../src/watch/plain';
import { renderScreen } from '../../src/watch/screen';
import { NEW_SEAT } from '../../src/watch/state';
import { plain } from '../../src/watch/text';
import { details, signalCommand } from '../../src/workflows/state/details';
import { NO_PROBLEMS, shop } from '../activities/dry-run/world';
import { NOTICE } from '../activities/notify/fixture';
import { failedInput, migratedInput, planFixture, rolledBackInput } from '../report/fixture';
import { AT, atBigSwitch, replicating } from '../view/facts-fixture';
import { POISON, poisoned, UNSEEN } from './poison';

jest.mock('@temporalio/workflow', () => ({
  ...jest.requireActual<object>('@temporalio/workflow'),
  workflowInfo: () => ({ workflowId: `bigswitch-shop; ${POISON}` }),
}));

const io = { colours: colours(true), columns: 100 } as Io;
/** The colours of ours are all that may be there of ESC. */
// eslint-disable-next-line no-control-regex -- the escape character is what begins a colour
const withoutColours = (text: string) => text.replace(/\u001b\[(?:0|1|2|22|31|32|33|39)m/g, '');

function expectHarmless(shown: unknown): void {
  const text = withoutColours(String(shown));
  expect(text).toContain('all is well');
  expect(UNSEEN.exec(text)?.[0].codePointAt(0)?.toString(16)).toBeUndefined();
  // Nothing from outside begins a line of its own.
  expect(text.split('\n').filter((line) => /^(✓ all is well|### Approved|curl )/.test(line))).toEqual([]);
}

const status = poisoned({
  ...atBigSwitch({ paused: true, asks: 'why', blocked: 'because', drained: ['old-3'], draining: 'old-1' }).status,
  progress: replicating().status.progress,
  trying: [{ what: 'join: start new-2', attempt: 2, why: 'no route', since: 'then', next: 'soon' }],
});

describe('a terminal', () => {
  it.each([
    [
      'status',
      () =>
        showStatus(
          io,
          {
            name: 'shop',
            workflowId: `x${POISON}`,
            runId: 'r',
            execution: 'RUNNING',
            status,
            link: `http://ui/${POISON}`,
          },
          AT,
        ),
    ],
    ['evidence', () => showEvidence(io, poisoned(atBigSwitch().status.gate!.evidence))],
    ['check', () => showChecks(io, `shop${POISON}`, judged(planFixture(), poisoned(migratedInput().checks)))],
    [
      'a table',
      () =>
        table(
          io,
          [
            [POISON, POISON],
            [io.colours.red(POISON), POISON],
          ],
          ['one', 'two'],
        ),
    ],
    ['an error', () => paragraph(POISON)],
  ])('takes nothing for a command that is in any text of %s', (_name, show) => expectHarmless(show()));

  it('takes nothing for a command that is in any text of a dry run', async () => {
    const { deps } = shop({ prices: { egressPerGiB: 0.09, oldNodePerMonth: 1000, newNodePerMonth: 450 } });
    expectHarmless(showDryRun(io, poisoned(await dryRun(deps, NO_PROBLEMS))));
  });

  it('takes nothing for a command that is in any text of the live picture, as lines and as a screen', () => {
    const view = poisoned(buildView(atBigSwitch({ blocked: 'because' })));
    expectHarmless(newLines(view, undefined).join('\n'));
    for (const mode of ['look', 'approve'] as const) {
      const about = view.gate && { gate: view.gate.gate, token: view.gate.token };
      const seat = { ...NEW_SEAT, mode, typed: POISON, told: { good: false, text: POISON }, ...(about && { about }) };
      expectHarmless(renderScreen(view, seat, { columns: 150, rows: 60 }, AT).map(plain).join('\n'));
    }
  });

  it('gets every line of a command through one door', () => {
    const written: string[] = [];
    const sink = { write: (text: string) => written.push(text) };
    const to = { ...io, stdout: sink, stderr: sink } as unknown as Io;
    say(to, POISON);
    note(to, term`${POISON}\nours ${to.colours.red(POISON)}`);
    sayJson(to, { [POISON]: [POISON] });
    expectHarmless(written.join(''));
    expect(JSON.parse(written[2] ?? '')).toEqual({ [POISON]: [POISON] });
  });
});

/** Lines that are no list, heading, quote, box or rule, outside the boxes of ours. */
function markdownOf(text: string): { boxes: string[]; prose: string[] } {
  const [boxes, prose]: string[][] = [[], []];
  let fence: string | undefined;
  for (const line of text.split('\n')) {
    if (fence !== undefined && line === fence) fence = undefined;
    else if (fence !== undefined) boxes?.push(line);
    else if (/^`{3,}$/.test(line)) fence = line;
    else prose?.push(line);
  }
  expect(fence).toBeUndefined();
  return { boxes: boxes ?? [], prose: prose ?? [] };
}

describe('Markdown', () => {
  const data = {
    ...{ ...status, held: undefined, gate: undefined, blocked: undefined, rollback: undefined },
    ...{ gates: [], samples: [], ledger: [], undone: [], audit: [], checks: [], claimed: [], started: [] },
  };
  const gate = { ...status.gate!, command: signalCommand('approve', { by: POISON, token: POISON }) };
  it.each([
    ['an open gate', { gate }],
    ['what is blocked', { blocked: POISON, rollback: { by: POISON, reason: POISON, cancelled: false } }],
    ['a pause', { held: [{ by: POISON, reason: POISON }] }],
    ['a cancellation', { held: [{ by: POISON, reason: POISON, asks: true }] }],
    ['what nobody knows', { progress: { ...status.progress, unanswered: { seconds: 1, reason: POISON } } }],
    [
      'what is tried again',
      { trying: [{ what: POISON, host: POISON, attempt: 2, why: POISON, since: POISON, next: POISON }] },
    ],
    ['what is stuck', { progress: { ...status.progress, stuck: { sentence: POISON, action: POISON } } }],
  ])('the details of %s show every text as it is', (_name, more) => {
    const state = {
      plan: poisoned(planFixture()),
      data: { ...data, ...more },
      tearingDown: () => false,
      begun: () => true,
      large: () => undefined,
    };
    const text = String(details(state as unknown as Parameters<typeof details>[0]));
    expectHarmless(text);
    const { boxes, prose } = markdownOf(text);
    expect(boxes.filter((line) => !line.startsWith('temporal workflow signal --workflow-id '))).toEqual([]);
    // Code shows what is in it; of the rest, nothing that makes markup stands unescaped.
    const bare = prose.join('\n').replace(/(?<![\\`])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');
    expect(bare).not.toMatch(/(?<!\\)(?:\]\(|<|!\[)|https?:\/\/|www\.|@evil/);
    expect(
      prose.filter((line) => /^(?:#|- ✓ all clients|1\. one|>|===)/.test(line) && !/^### (?:Gate|A cancel)/.test(line)),
    ).toEqual([]);
  });

  it('a value is escaped, cut and stays on its line; what is ours stays as it is', () => {
    expect(String(mdText`**ours** ${'a *b*\n- c'} ${mdText`**too**`}`)).toBe('**ours** a \\*b\\* \\- c **too**');
    expect(escapeMarkdown('x'.repeat(400))).toHaveLength(300);
    expect(escapeMarkdown('see https://es:9200/`x')).toBe('see ``https://es:9200/`x``');
    expect(escapeMarkdown('1. one # two')).toBe('1\\. one \\# two');
    expect(escapeMarkdown('1.5 of 2) and 3.')).toBe('1.5 of 2\\) and 3\\.');
  });

  it('a summary has no markup and at most 200 bytes', () => {
    const summary = summaryText(`drain ${POISON}`);
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(200);
    expect(UNSEEN.test(summary)).toBe(false);
    expect(summaryText('push apps, the canary first: app-1')).toBe('push apps, the canary first: app-1');
  });
});

describe('HTML', () => {
  it.each([
    ['migrated', migratedInput],
    ['rolled back', rolledBackInput],
    ['failed', failedInput],
  ])('the report of a run that was %s holds nothing that acts or turns', (_name, input) => {
    const report = poisoned(buildReport(planFixture(), input()));
    const page = renderPage(report);
    expectHarmless(page);
    expect(page).not.toMatch(/<img|<\/script>/);
    expect(page).toContain('&lt;img src=x');
    expect(harmlessJson(report)).not.toMatch(UNSEEN);
    expect(JSON.parse(harmlessJson(report))).toEqual(JSON.parse(JSON.stringify(report)));
  });

  it('the picture for the page is clean before it is sent', () => {
    const sent: string[] = [];
    const streams = new Streams();
    const response = {
      writeHead: () => undefined,
      write: (text: string) => sent.push(text),
      on: () => undefined,
      end: () => undefined,
    };
    streams.add(response as unknown as ServerResponse);
    streams.send('view', poisoned(buildView(atBigSwitch())));
    streams.close();
    const data = JSON.parse(sent.join('').split('data: ')[1] ?? '') as object;
    expectHarmless(
      Object.values(data)
        .map((one) => JSON.stringify(one))
        .join('\n'),
    );
  });
});

test('a notice in a chat shows every text on its line, and makes no box but ours', () => {
  const notice = poisoned(NOTICE);
  const text = slackText(notice);
  expectHarmless(text);
  expect(text.match(/```/g)).toHaveLength(2 * notice.commands.length);
  expect(text).not.toMatch(/<(?:!|@|http)/);
});
