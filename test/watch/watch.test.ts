import { setTimeout as sleep } from 'node:timers/promises';
import { buildView, type View } from '../../src/view/view';
import type { Wish } from '../../src/view/wish';
import type { Screen } from '../../src/watch/terminal';
import { plain } from '../../src/watch/text';
import { watchAsLines, watchOnScreen, type Watched } from '../../src/watch/watch';
import { AT, atBigSwitch, replicating } from '../view/facts-fixture';

const moving = buildView(replicating());
const waiting = buildView(atBigSwitch());

/** A screen in memory, and a person at its keys. */
class FakeScreen implements Screen {
  shown = '';
  closed = 0;
  private keys: ((key: string) => void)[] = [];
  private resizes: (() => void)[] = [];
  columns = 80;

  size = () => ({ columns: this.columns, rows: 24 });
  paint: Screen['paint'] = (lines) => void (this.shown = lines.map((line) => plain(line).trimEnd()).join('\n'));
  onKey: Screen['onKey'] = (listener) => void this.keys.push(listener);
  onResize: Screen['onResize'] = (listener) => void this.resizes.push(listener);
  close = () => void (this.closed += 1);

  press(...keys: string[]): void {
    for (const key of keys) this.keys.forEach((listener) => listener(key));
  }

  resize(columns: number): void {
    this.columns = columns;
    this.resizes.forEach((listener) => listener());
  }

  async untilShown(text: string): Promise<void> {
    for (let i = 0; i < 200 && !this.shown.includes(text); i++) await sleep(10);
    expect(this.shown).toContain(text);
  }
}

/** A migration that is looked at: each look gives the next picture, and the last one stays. */
function looked(pictures: (View | Error)[], said: Wish[] = [], say?: Watched['say']) {
  let look = 0;
  const controller = new AbortController();
  const watched: Watched = {
    everyMs: 5,
    signal: controller.signal,
    source: {
      look: async () => {
        const picture = pictures[Math.min(look++, pictures.length - 1)];
        if (picture instanceof Error) throw picture;
        if (!picture) throw new Error('there is no picture');
        return { ...picture, at: Date.now() };
      },
    },
    say: async (wish) => {
      said.push(wish);
      return say ? say(wish) : `${wish.kind} is accepted.`;
    },
  };
  return { watched, controller };
}

describe('watch on a screen', () => {
  it('sends an approval and shows what came of it', async () => {
    const said: Wish[] = [];
    const screen = new FakeScreen();
    const done = watchOnScreen(looked([waiting], said).watched, screen);
    await screen.untilShown('GATE big-switch');
    screen.press('a', ...'big-switch', 'ENTER');
    await screen.untilShown('approve is accepted.');
    expect(said).toEqual([{ kind: 'approve', gate: 'big-switch', token: 'ab12cd34' }]);
    screen.press('q');
    expect(await done).toMatchObject({ interrupted: false, last: { outcome: 'running' } });
    expect(screen.closed).toBe(1);
  });

  it('shows why a wish was refused, and goes on', async () => {
    const screen = new FakeScreen();
    const refused = looked([moving], [], async () => Promise.reject(new Error('It is paused already.')));
    const done = watchOnScreen(refused.watched, screen);
    await screen.untilShown('[p] pause');
    screen.press('p');
    await screen.untilShown('It is paused already.');
    screen.press('q');
    await done;
  });

  it('gives the terminal back on Ctrl-C, also before the first picture', async () => {
    for (const pictures of [[moving], []]) {
      const screen = new FakeScreen();
      const { watched } = looked(pictures);
      const waits: Watched = { ...watched, source: { look: () => sleep(200).then(() => moving) } };
      const done = watchOnScreen(pictures.length > 0 ? watched : waits, screen);
      if (pictures.length > 0) await screen.untilShown('replicate');
      screen.press('CTRL_C');
      expect(await done).toMatchObject({ interrupted: true });
      expect(screen.closed).toBe(1);
    }
  });

  it('gives it back when the first look fails, and when it is told to end', async () => {
    const screen = new FakeScreen();
    await expect(watchOnScreen(looked([new Error('not found')]).watched, screen)).rejects.toThrow('not found');
    const { watched, controller } = looked([moving]);
    const done = watchOnScreen(watched, screen);
    await screen.untilShown('replicate');
    controller.abort();
    expect(await done).toMatchObject({ interrupted: true });
    expect(screen.closed).toBe(2);
  });

  it('keeps the last picture of a server that is gone, and says so', async () => {
    const screen = new FakeScreen();
    const done = watchOnScreen(looked([moving, new Error('14 UNAVAILABLE')]).watched, screen);
    await screen.untilShown('the Temporal server does not answer (14 UNAVAILABLE)');
    expect(screen.shown).toContain('moves primaries to the new side');
    screen.press('q');
    await done;
  });

  it('stays with the last picture when the migration has ended, until it is left', async () => {
    const screen = new FakeScreen();
    let over = false;
    const done = watchOnScreen(looked([moving, { ...moving, outcome: 'migrated' }]).watched, screen);
    void done.then(() => (over = true));
    await screen.untilShown('bigswitch shop  migrated');
    await sleep(50);
    expect(over).toBe(false);
    screen.press('q');
    expect(await done).toMatchObject({ last: { outcome: 'migrated' }, interrupted: false });
  });

  it('is painted anew in the new size', async () => {
    const screen = new FakeScreen();
    const done = watchOnScreen(looked([moving]).watched, screen);
    await screen.untilShown('· report');
    screen.resize(132);
    expect(screen.shown).toContain('✓ preflight');
    screen.press('q');
    await done;
  });
});

test('watch as lines writes what is new until the end', async () => {
  const lines: string[] = [];
  const { watched } = looked([moving, moving, waiting, { ...waiting, outcome: 'rolled-back' }]);
  const last = await watchAsLines(
    watched,
    (view, before) => [`${before?.phase ?? 'nothing'} → ${view.phase}`],
    (line) => lines.push(line),
  );
  expect(lines).toEqual(['nothing → replicate', 'replicate → replicate', 'replicate → switch', 'switch → switch']);
  expect(last?.outcome).toBe('rolled-back');
  expect(last?.at).toBeGreaterThan(AT);
});
