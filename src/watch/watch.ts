import { keepLooking, type Looking } from '../view/looking';
import type { View } from '../view/view';
import type { Wish } from '../view/wish';
import { renderScreen } from './screen';
import { NEW_SEAT, press, seen, type Seat } from './state';
import type { Screen } from './terminal';

/** What a watch looks at, and how what a person says gets there. */
export interface Watched extends Looking {
  source: { look(): Promise<View> };
  /** Says something to the migration. @returns what came of it, one sentence @throws Error with why it was refused */
  say(wish: Wish): Promise<string>;
}

/** The clock on the screen moves between two looks too. */
const REPAINT_MS = 1_000;

/** How a watch ended. */
export interface Left {
  last?: View;
  /** By Ctrl-C. */
  interrupted: boolean;
}

/**
 * The live screen, until `q`, Ctrl-C or `signal`. When the migration has ended, its last picture stays until then.
 */
export async function watchOnScreen(watched: Watched, screen: Screen): Promise<Left> {
  let seat: Seat = NEW_SEAT;
  let view: View | undefined;
  let interrupted = false;
  const quit = new AbortController();
  const signal = AbortSignal.any([watched.signal, quit.signal]);
  const paint = () => {
    if (view && !signal.aborted) screen.paint(renderScreen(view, seat, screen.size(), Date.now()));
  };
  const say = async (wish: Wish) => {
    let told: Seat['told'];
    try {
      told = { good: true, text: await watched.say(wish) };
    } catch (error) {
      told = { good: false, text: error instanceof Error ? error.message : String(error) };
    }
    seat = { ...seat, told };
    paint();
  };
  screen.onResize(paint);
  screen.onKey((key) => {
    interrupted ||= key === 'CTRL_C';
    if (interrupted || (!view && key === 'q')) quit.abort();
    if (!view) return;
    const pressed = press(seat, key, view);
    seat = pressed.seat;
    if (pressed.quit) quit.abort();
    if (pressed.wish) void say(pressed.wish);
    paint();
  });
  const clock = setInterval(paint, REPAINT_MS);
  try {
    const last = await keepLooking(watched.source, { ...watched, signal }, (next) => {
      view = next;
      seat = seen(seat, next);
      paint();
    });
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return { last, interrupted: interrupted || watched.signal.aborted };
  } finally {
    clearInterval(clock);
    screen.close();
  }
}

/**
 * The same as lines, until the migration has ended.
 * @param linesOf what is worth a line since the picture before
 * @returns the last picture
 */
export async function watchAsLines(
  watched: Watched,
  linesOf: (view: View, before: View | undefined) => string[],
  write: (line: string) => void,
): Promise<View | undefined> {
  let before: View | undefined;
  return keepLooking(watched.source, watched, (view) => {
    linesOf(view, before).forEach(write);
    before = view;
  });
}
