import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { harmless } from '../../src/text/harmless';
import { buildView, type View } from '../../src/view/view';
import { bars } from '../../src/watch/figures';
import { renderScreen } from '../../src/watch/screen';
import { NEW_SEAT, press, type Seat } from '../../src/watch/state';
import { plain, widthOf } from '../../src/watch/text';
import { AT, atBigSwitch, halfMoved, replicating } from '../view/facts-fixture';

const screen = (view: View, seat: Seat = NEW_SEAT, columns = 80, rows = 24, now = AT + 2000) =>
  renderScreen(view, seat, { columns, rows }, now);
const text = (...args: Parameters<typeof screen>) =>
  screen(...args)
    .map((line) => plain(line).trimEnd())
    .join('\n');

const moving = buildView(replicating());
const waiting = buildView(atBigSwitch());

describe('the live screen, 80 columns wide', () => {
  it('shows phases, the move, health, bridge, apps, and each shard on its way', () => {
    expect(text(moving)).toBe(`\
bigswitch shop  running                                             10:00:32 UTC
✓✓✓✓ ▶ replicate 1 min  · front  · switch  · drain  · teardown  · report
moves primaries to the new side
███████░░░░░░░░░░░░░ 33 %  8 of 24 shards, 1.00 GiB to go, 31.0 MiB/s, 33 s left

cluster  green  shop 7.17.28  2 moving, 0 starting, 0 unassigned  at 10:00:30
bridge   30.0 MiB/s   900 MiB so far     ███
app      app-1  p50 3.2 ms, p99 11.4 ms, 0 of 420 failed  on old nodes
app      app-2  on old nodes

shards  groups: 16 old only, 8 both, 0 new only         ● hub carries the bridge
● old-1 master              13  815 MiB  ● new-1                      3  153 MiB
  □□□□▶■■■■□□□□                            ■▷■■
● old-2                     13  728 MiB  ● new-2                      2  139 MiB
  ■■□□□□■■■□□□□                            ■▷■
● old-3                     14  805 MiB  ● new-3                      3  184 MiB
  ▶■■□□□□□□□□■■■                           ■■■
■ primary  □ replica  ▶ leaves  ▷ comes  + starts





[p] pause   [q] quit; the run goes on`);
  });

  it('is the one that the runbook shows', () => {
    const runbook = readFileSync(join(__dirname, '..', '..', 'docs', 'RUNBOOK.md'), 'utf8');
    const shown = text(moving).split('\n');
    expect(runbook).toContain(shown.slice(0, shown.indexOf('')).join('\n'));
    expect(runbook).toContain(shown.slice(5, 16).join('\n'));
  });

  it('shows the open gate with its evidence and the keys that decide', () => {
    const lines = text(waiting).split('\n');
    expect(lines[0]).toContain('bigswitch shop  waits for a person');
    expect(lines.slice(-4).join('\n')).toBe(`\
GATE big-switch open since 10:00:28, 0 of 1 approvals; evidence holds
  ✓ the cluster is green and at rest: green; nothing initializes, moves or is u…
  ✓ every shard group has a copy on both sides: 24 of 24
[a] read and approve   [r] reject   [p] pause   [q] quit; the run goes on`);
  });

  it('shows what does not hold first, and how many facts are left', () => {
    const fact = (i: number) => ({ name: `fact ${i}`, ok: i !== 19, seen: 'seen' });
    const evidence = { ...waiting.gate!.evidence, holds: false, facts: Array.from({ length: 20 }, (_, i) => fact(i)) };
    const shown = text({ ...waiting, gate: { ...waiting.gate!, evidence } });
    expect(shown).toMatch(/evidence does not hold\n {2}✗ fact 19: seen\n/);
    expect(shown).toMatch(/and \d+ more: \[a\] shows all\n\[a\] read the evidence {3}\[r\] reject/);
  });

  it('shows every word of a gate before it can be approved', () => {
    expect(text(waiting, press(NEW_SEAT, 'a', waiting).seat).replaceAll(/\n\n+/g, '\n')).toBe(`\
bigswitch shop  waits for a person                                  10:00:32 UTC
GATE big-switch  0 of 1 approvals
The apps will be pointed at the fronts and restarted.
Evidence taken 10:00:28 UTC, token ab12cd34: it holds
  ✓ the cluster is green and at rest
      green; nothing initializes, moves or is unassigned
  ✓ every shard group has a copy on both sides
      24 of 24
Type big-switch and Enter to approve big-switch:
> ▏
[Esc] back; nothing is sent`);
  });

  it('scrolls what is longer than the screen and says so', () => {
    const seat = press(NEW_SEAT, 'a', waiting).seat;
    expect(text(waiting, seat, 80, 12)).toContain('2 more lines below: arrow and page keys');
    expect(text(waiting, { ...seat, scroll: 99 }, 80, 12)).toContain('24 of 24');
  });

  it('asks why when a gate is rejected, and for nothing where the evidence does not hold', () => {
    expect(text(waiting, press(NEW_SEAT, 'r', waiting).seat)).toContain('Why not? The run is then paused:');
    const view = { ...waiting, gate: { ...waiting.gate!, evidence: { ...waiting.gate!.evidence, holds: false } } };
    const shown = text(view, press(NEW_SEAT, 'a', view).seat);
    expect(shown).toContain('It can be approved once all of this holds; it is looked at again every minute.');
    expect(shown).not.toContain('Type big-switch');
  });

  it('says what keeps the run from going on, and what to do', () => {
    const stuck = { sentence: 'orders 3 does not fit on new-1.', action: 'Free 3 GiB there.' };
    const view = {
      ...moving,
      blocked: 'front: app-1 gets no answer',
      progress: { ...moving.progress!, stuck },
      problem: 'no worker answers',
      retries: ['startNewNode is tried for the 3rd time: no answer from new-2'],
    };
    const shown = text(view);
    expect(shown).toContain('bigswitch shop  blocked');
    expect(shown).toContain(
      'Blocked: front: app-1 gets no answer  [c] tries again.\n' +
        'Stuck: orders 3 does not fit on new-1. Free 3 GiB there.\n' +
        'no worker answers\n' +
        'startNewNode is tried for the 3rd time: no answer from new-2\n',
    );
    const many = { ...view, retries: Array.from({ length: 9 }, (_, i) => `activity ${i} is tried again`) };
    expect(text(many)).toContain('… 9 more lines: bigswitch status shop');
  });

  it('says how old a picture is that is not fresh', () => {
    expect(text(moving, NEW_SEAT, 80, 24, AT + 60_000)).toMatch(/seen 1 min ago {2}10:01:30 UTC/);
  });

  it('shows what came of a decision', () => {
    const told = { good: true, text: 'approve of gate big-switch by ann is accepted.' };
    expect(text(moving, { ...NEW_SEAT, told })).toContain(`${told.text}\n[p] pause`);
  });

  it('shows 2,000 copies with several to a mark', () => {
    const shown = text(buildView(replicating({}, halfMoved(1000, 300))));
    expect(shown).toContain('groups: 700 old only, 300 both, 0 new only');
    expect(shown).toMatch(/one mark: up to \d+ copies/);
  });

  it('shows the hosts before anything was seen of the cluster, as unknown', () => {
    const shown = text(buildView(replicating({ samples: [], watched: undefined })));
    expect(shown).toContain('cluster  unknown  shop 7.17.28  not seen yet');
    expect(shown).toContain('shards not seen yet');
    expect(shown).toMatch(/\? old-1 not seen yet .*\? new-1 not seen yet/);
  });
});

describe('the live screen of any size', () => {
  const many = { ...waiting, ...buildView(replicating({}, halfMoved(1000, 300))), gate: waiting.gate };
  const hostile = {
    ...waiting,
    doing: 'an error\u001b[2J\nof two lines',
    problem: '索引'.repeat(100),
    asks: 'roll back?',
  };
  const seats = [NEW_SEAT, press(NEW_SEAT, 'a', waiting).seat, press(NEW_SEAT, 'r', waiting).seat];

  it('has exactly the lines and columns of the terminal', () => {
    for (const [columns, rows] of [
      [80, 24],
      [40, 12],
      [20, 6],
      [132, 43],
      [300, 90],
    ] as const) {
      for (const view of [moving, waiting, many, hostile]) {
        for (const seat of seats) {
          const lines = screen(view, seat, columns, rows);
          expect(lines).toHaveLength(rows);
          expect(lines.map(widthOf)).toEqual(Array(rows).fill(columns));
          expect(lines.map(plain).map(harmless)).toEqual(lines.map(plain));
        }
      }
    }
  });

  it('keeps the keys and the gate in sight where there is little room', () => {
    expect(text(waiting, NEW_SEAT, 60, 12)).toMatch(/GATE big-switch[^]*\[a\] read and approve/);
  });

  it('names every phase where there is room', () => {
    expect(text(moving, NEW_SEAT, 132, 43)).toContain('✓ preflight  ✓ bridge  ✓ redirect  ✓ join   ▶ replicate 1 min');
  });
});

test('bars are as high as their share of the highest, and what is unknown is a gap', () => {
  expect(bars([0, 5, undefined, 10])).toBe('▁▅ █');
  expect(bars([])).toBe('');
  expect(bars([0, 0])).toBe('▁▁');
});
