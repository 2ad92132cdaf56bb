import { confirmation, type GateView } from '../view/gate';
import type { View } from '../view/view';
import { canEndHolds, canGoOn, canPause } from '../view/wish';
import { figureLines } from './figures';
import { gateLines, wholeGate } from './gate';
import { gridLines } from './grid';
import { doingLines, phaseLine, titleLine, troubleLines } from './head';
import type { Seat } from './state';
import { fit, line, styled, wrap, type Line, type Span } from './text';

/** Size of a terminal, in characters. */
export interface Size {
  columns: number;
  rows: number;
}

/** Lines for trouble, for figures, and at least for the shards. */
const TROUBLE_LINES = 4;
const GRID_LINES = 5;

/**
 * The whole screen: exactly as many lines as the terminal has, each exactly as wide.
 * @param now milliseconds since the epoch; the picture may be older
 */
export function renderScreen(view: View, seat: Seat, { columns, rows }: Size, now: number): Line[] {
  const lines =
    seat.mode !== 'look' && view.gate
      ? deciding(view, view.gate, seat, { columns, rows }, now)
      : looking(view, seat, { columns, rows }, now);
  const whole = lines.slice(0, rows);
  return [...whole, ...Array.from({ length: rows - whole.length }, () => [])].map((parts) => fit(parts, columns));
}

function looking(view: View, seat: Seat, { columns, rows }: Size, now: number): Line[] {
  const top = [
    titleLine(view, now, columns),
    phaseLine(view.phases, columns),
    ...doingLines(view, columns),
    ...troubleLines(view, columns, TROUBLE_LINES),
  ];
  const bottom = [...toldLines(seat, columns), keyLine(view)];
  const left = Math.max(0, rows - top.length - bottom.length);
  // A blank line before each part, where there is room for it.
  const roomy = left >= 18 ? 1 : 0;
  const gateMost = view.gate ? Math.max(2, Math.min(left - 3 - GRID_LINES, roomy ? 14 : 6)) : 0;
  const gate = view.gate ? gateLines(view.gate, columns, gateMost) : [];
  const figures = figureLines(view, columns, Math.max(2, Math.min(7, left - gate.length - GRID_LINES - 2)));
  const blanks = { beforeFigures: roomy, beforeGrid: 1, beforeGate: gate.length > 0 ? roomy : 0 };
  const spent = gate.length + figures.length + blanks.beforeFigures + blanks.beforeGrid + blanks.beforeGate;
  const grid = gridLines(view, columns, left - spent);
  const blank = (number: number): Line[] => Array.from({ length: number }, () => []);
  return [
    ...top,
    ...blank(blanks.beforeFigures),
    ...figures,
    ...blank(blanks.beforeGrid),
    ...grid,
    ...blank(blanks.beforeGate),
    ...gate,
    ...bottom,
  ];
}

function toldLines({ told }: Seat, columns: number): Line[] {
  if (!told) return [];
  return wrap(told.text, columns).map((part) => line(styled(told.good ? 'good' : 'bad', part)));
}

function keyLine(view: View): Line {
  const { gate } = view;
  const keys: [shown: boolean, key: string, what: string][] = [
    [gate !== undefined, 'a', gate?.evidence.holds ? 'read and approve' : 'read the evidence'],
    [gate !== undefined, 'r', 'reject'],
    [canGoOn(view), 'c', 'continue'],
    [canEndHolds(view), 'e', "end everybody's pause"],
    [canPause(view), 'p', 'pause'],
    [true, 'q', 'quit; the run goes on'],
  ];
  const shown = keys.filter(([there]) => there);
  return shown.flatMap(([, key, what]): Span[] => [styled('key', `[${key}]`), { text: ` ${what}   ` }]);
}

function deciding(view: View, gate: GateView, seat: Seat, { columns, rows }: Size, now: number): Line[] {
  const all = wholeGate(gate, columns);
  const bottom = [...toldLines(seat, columns), ...promptLines(gate, seat, columns)];
  const room = Math.max(1, rows - 3 - bottom.length);
  const from = Math.min(seat.scroll, Math.max(0, all.length - room));
  const shown = all.slice(from, from + room);
  const below = all.length - from - shown.length;
  const more = below > 0 || from > 0 ? `${below} more lines below: arrow and page keys` : '';
  const blanks = Array.from({ length: room - shown.length }, (): Line => []);
  return [titleLine(view, now, columns), [], ...shown, ...blanks, line(styled('dim', more)), ...bottom];
}

function promptLines(gate: GateView, { mode, typed }: Seat, columns: number): Line[] {
  const escape = line(styled('key', '[Esc]'), ' back; nothing is sent');
  if (mode === 'approve' && !gate.evidence.holds) {
    return [line('It can be approved once all of this holds; it is looked at again every minute.'), escape];
  }
  const question =
    mode === 'reject'
      ? 'Why not? The run is then paused: '
      : `Type ${confirmation(gate)} and Enter to approve ${gate.gate}: `;
  const room = Math.max(8, columns - 2);
  return [line(styled('bold', question)), line('> ', typed.slice(-room), styled('key', '▏')), escape];
}
