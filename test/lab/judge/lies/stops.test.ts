import { parseFalls } from '../../../../lab/judge/masters-log';
import { AT, at, honest, stopping, word, type Story } from './honest';
import { brokenIn, mustBeNamed } from './lie';

const withoutGate = (story: Story, gate: string) => (story.words = story.words?.filter((one) => one.gate !== gate));
const fall = (second: number) => ({ host: 'old-2', at: at(second), words: 'changed from [GREEN] to [YELLOW]' });
const UNASKED = 'nothing without a word';

describe('lies about what was said and done', () => {
  mustBeNamed([
    [
      'a drain without a word',
      (story) => withoutGate(story, 'drain:old-2'),
      UNASKED,
      'old-2 was stopped without the word',
    ],
    [
      'a drain before its word',
      (story) => {
        withoutGate(story, 'drain:old-1');
        story.words?.push(word('drain:old-1', AT.drains[0] + 1));
      },
      UNASKED,
      'old-1 was stopped without the word drain:old-1',
    ],
    [
      'a drain on a word of the day before',
      (story) => {
        withoutGate(story, 'drain:old-1');
        story.words?.push(word('drain:old-1', -86_400));
      },
      UNASKED,
      'old-1 was stopped on a word of 2026-01-09',
    ],
    [
      'a switch without a word',
      (story) => withoutGate(story, 'big-switch'),
      UNASKED,
      'the app on app-1 was restarted without the word big-switch',
    ],
    [
      'a teardown before its word',
      (story) => {
        withoutGate(story, 'teardown');
        story.words?.push(word('teardown', AT.teardown + 3));
      },
      UNASKED,
      'the bridge of hub was taken away without the word teardown',
    ],
    [
      'a node that was stopped with copies on it',
      (story) => {
        for (const { view, viewed } of story.looks) {
          const nodes = view?.routing_nodes?.nodes;
          if (nodes && viewed > at(90)) nodes['id-old-1'] = [{ state: 'STARTED' }, { state: 'RELOCATING' }];
        }
      },
      'never less than green',
      'old-1 was stopped with 2 copies on it',
    ],
    [
      'a stop that nobody looked at',
      (story) => {
        for (const look of story.looks) if (look.viewed > at(50) && look.viewed < at(70)) look.view = null;
        story.units.new.push(stopping('new-2', 70));
      },
      'never less than green',
      'new-2 was stopped, and nobody tells what it had',
    ],
    [
      'a secret in a log',
      (story) => story.secretsSeen.push("worker.log: the front's password"),
      'secrets stay where they are',
      "worker.log: the front's password",
    ],
    [
      'yellow between two looks',
      (story) => story.falls.push(fall(70)),
      'never less than green',
      'old-2 wrote: changed',
    ],
  ]);

  it('are none before the start, and in what a fault does', async () => {
    const story = honest();
    story.falls.push(fall(10), fall(70));
    story.units.new.push(stopping('new-1', 70));
    expect(await brokenIn(story)).not.toEqual([]);
    const excuses = [{ from: at(69), to: at(72), reason: 'new-1 reboots', belowGreen: true }];
    expect(await brokenIn({ ...story, excuses })).toEqual([]);
  });

  it('are none where a node is stopped that never came in', async () => {
    const story = honest();
    story.units.new.push(stopping('new-2', 35));
    expect(await brokenIn(story)).toEqual([]);
  });

  it('are not looked for where nobody kept what was said', async () => {
    const { words: _, ...story } = honest();
    expect(await brokenIn(story)).toEqual([]);
  });
});

describe('the log of a master', () => {
  const old = { name: 'old-1', role: 'old' as const };
  const line =
    '[2026-01-10T10:00:01,250][INFO ][o.e.c.r.a.AllocationService] [old-1] Cluster health status changed from [GREEN] to [YELLOW] (reason: [x]).';

  it('is read in the time of its host', () => {
    expect(parseFalls(old, `+0100\n12\n${line}\n`)).toEqual([
      {
        host: 'old-1',
        at: Date.UTC(2026, 0, 10, 9, 0, 1, 250),
        words: 'Cluster health status changed from [GREEN] to [YELLOW] (reason: [x]).',
      },
    ]);
    expect(parseFalls(old, '+0000\n12')).toEqual([]);
    expect(parseFalls({ name: 'new-1', role: 'new' }, '+0000\nnone')).toEqual([]);
  });

  it.each([
    ['+0000\nnone', 'has no log'],
    ['+0000\n0', 'has no log'],
    ['', 'time zone'],
    [`+0000\n5\nCluster health status changed from [GREEN]`, 'has no time'],
  ])('is not guessed from %j', (text, words) => expect(() => parseFalls(old, text)).toThrow(words));
});
