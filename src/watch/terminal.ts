import termkit from 'terminal-kit';
import { harmless } from '../text/harmless';
import type { Size } from './screen';
import type { Line, Style } from './text';

/** A screen that is painted again and again, and the keys that are pressed before it. */
export interface Screen {
  size(): Size;
  /** Shows these lines; only what has changed since is written. */
  paint(lines: Line[]): void;
  onKey(listener: (key: string) => void): void;
  onResize(listener: () => void): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

const COLOURS: Record<Style, termkit.ScreenBuffer.Attributes> = {
  bold: { bold: true },
  dim: { color: 'gray' },
  good: { color: 'green' },
  warn: { color: 'yellow', bold: true },
  bad: { color: 'red', bold: true },
  old: { color: 'yellow' },
  new: { color: 'cyan' },
  key: { color: 'magenta', bold: true },
};

/** Without colours, weight alone. */
const WEIGHTS: Partial<Record<Style, termkit.ScreenBuffer.Attributes>> = {
  bold: { bold: true },
  warn: { bold: true },
  bad: { bold: true },
  key: { bold: true },
};

/** Used where the terminal does not say its size. */
const USUAL: Size = { columns: 80, rows: 24 };

function known(size: number, usual: number): number {
  return Number.isFinite(size) && size > 0 ? size : usual;
}

/** Takes the terminal of this process over: its other screen, its keys, its cursor. @param colours false with NO_COLOR */
export function openScreen(colours: boolean): Screen {
  const { terminal } = termkit;
  const size = (): Size => ({
    columns: known(terminal.width, USUAL.columns),
    rows: known(terminal.height, USUAL.rows),
  });
  const newBuffer = () =>
    new termkit.ScreenBuffer({ dst: terminal, width: size().columns, height: size().rows, noFill: true });
  let buffer = newBuffer();
  let whole = true;
  let closed = false;
  const stop = (_name: string, number: number) => process.exit(128 + number);
  const close = () => {
    if (closed) return;
    closed = true;
    process.off('exit', close);
    process.off('SIGTERM', stop);
    process.off('SIGHUP', stop);
    terminal.styleReset();
    terminal.hideCursor(false);
    terminal.fullscreen(false);
    void terminal.grabInput(false);
  };
  // Whatever ends the program, the terminal is given back.
  process.on('exit', close);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
  terminal.fullscreen(true);
  terminal.hideCursor();
  terminal.grabInput(true);
  return {
    size,
    paint(lines) {
      const attributes = colours ? COLOURS : WEIGHTS;
      buffer.fill({ attr: {} });
      lines.forEach((line, y) => {
        let x = 0;
        for (const { text, style } of line) {
          buffer.put(
            { x, y, attr: (style && attributes[style]) ?? {}, wrap: false, dx: 1, dy: 0 },
            '%s',
            harmless(text),
          );
          x = (buffer as unknown as { cx: number }).cx;
        }
      });
      buffer.draw({ delta: !whole });
      whole = false;
    },
    onKey: (listener) => void terminal.on('key', (name: string) => listener(name)),
    onResize: (listener) =>
      void terminal.on('resize', () => {
        buffer = newBuffer();
        whole = true;
        terminal.clear();
        listener();
      }),
    close,
  };
}
