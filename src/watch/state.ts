import { confirmation } from '../view/gate';
import type { View } from '../view/view';
import { canEndHolds, canGoOn, canPause, type Wish } from '../view/wish';

/** What the person at the screen is doing. */
export type Mode = 'look' | 'approve' | 'reject';

/** What the screen shows besides the migration itself. */
export interface Seat {
  mode: Mode;
  /** Gate and token that are shown in the modes `approve` and `reject`: what is sent is about these and no other. */
  about?: { gate: string; token: string };
  typed: string;
  /** First line that is shown of a gate that is too long for the screen. */
  scroll: number;
  /** What came of the last thing that was said. */
  told?: { good: boolean; text: string };
}

/** What a key leads to. */
export interface Pressed {
  seat: Seat;
  wish?: Wish;
  quit?: true;
}

/** A seat that has just been taken. */
export const NEW_SEAT: Seat = { mode: 'look', typed: '', scroll: 0 };

const SCROLL: Record<string, number> = { UP: -1, DOWN: 1, PAGE_UP: -10, PAGE_DOWN: 10 };

/**
 * What a key does.
 * @param key one character, or its name in capitals as the terminal library has it: `ENTER`, `ESCAPE`, `UP`, …
 */
export function press(seat: Seat, key: string, view: View): Pressed {
  if (seat.mode === 'look') return pressLooking({ ...seat, told: undefined }, key, view);
  if (key === 'ESCAPE') return { seat: back(seat) };
  const step = SCROLL[key];
  if (step !== undefined) return { seat: { ...seat, scroll: Math.max(0, seat.scroll + step) } };
  return pressDeciding(seat, key, view);
}

function back({ told }: Seat): Seat {
  return { ...NEW_SEAT, ...(told && { told }) };
}

function pressLooking(seat: Seat, key: string, view: View): Pressed {
  const { gate } = view;
  if (key === 'q') return { seat, quit: true };
  if ((key === 'a' || key === 'r') && gate) {
    const about = { gate: gate.gate, token: gate.token };
    return { seat: { ...NEW_SEAT, mode: key === 'a' ? 'approve' : 'reject', about } };
  }
  if (key === 'p' && canPause(view)) return { seat, wish: { kind: 'pause' } };
  if (key === 'c' && canGoOn(view)) return { seat, wish: { kind: 'resume' } };
  if (key === 'e' && canEndHolds(view)) return { seat, wish: { kind: 'resume', all: true } };
  return { seat };
}

function pressDeciding(seat: Seat, key: string, { gate }: View): Pressed {
  const { about, mode, typed } = seat;
  if (!about || !gate) return { seat: back(seat) };
  if (mode === 'approve' && !gate.evidence.holds) return { seat };
  if (key === 'ENTER') {
    if (mode === 'reject') {
      return typed.trim() === ''
        ? { seat }
        : { seat: NEW_SEAT, wish: { kind: 'reject', ...about, reason: typed.trim() } };
    }
    if (typed === confirmation(gate)) return { seat: NEW_SEAT, wish: { kind: 'approve', ...about } };
    const text = `"${typed}" is not "${confirmation(gate)}"; nothing was sent.`;
    return { seat: { ...seat, typed: '', told: { good: false, text } } };
  }
  if (key === 'BACKSPACE') return { seat: { ...seat, typed: [...typed].slice(0, -1).join('') } };
  return [...key].length === 1 ? { seat: { ...seat, typed: typed + key, told: undefined } } : { seat };
}

/**
 * The seat after the migration was looked at again. What a person was about to decide is taken back when the gate has
 * closed, or when its evidence says something else than what was read.
 */
export function seen(seat: Seat, { gate }: View): Seat {
  const { about } = seat;
  if (!about) return seat;
  if (gate?.gate === about.gate && gate.token === about.token) return seat;
  if (gate?.gate !== about.gate) {
    return { ...NEW_SEAT, told: { good: false, text: `Gate ${about.gate} is not open any more; nothing was sent.` } };
  }
  return {
    ...seat,
    about: { gate: gate.gate, token: gate.token },
    typed: '',
    scroll: 0,
    told: { good: false, text: 'The evidence says something else now: read it again.' },
  };
}
