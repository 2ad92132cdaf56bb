import Table from 'cli-table3';
import type { Io } from '../io';

/** No lines between cells: a table that can be read, copied and cut up by other programs. */
const PLAIN = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
};

/** Narrowest last column, in characters. */
const NARROWEST = 24;

/**
 * Rows in columns; the last column is wrapped at words so that the table fits the terminal.
 * @param head names of the columns; none are shown without them
 */
export function table(io: Io, rows: string[][], head?: string[]): string {
  const all = head ? [head, ...rows] : rows;
  const columns = all[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...all.map((row) => visible(row[i] ?? ''))));
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const last = widths.at(-1) ?? 0;
  const room = Math.max(NARROWEST, io.columns - before);
  const made = new Table({
    chars: PLAIN,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: [...widths.slice(0, -1), Math.min(last, room)],
    wordWrap: true,
    wrapOnWordBoundary: true,
  });
  if (head) made.push(head.map((name) => io.colours.dim(name)));
  made.push(...rows);
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Width of a cell without the codes of its colours. */
function visible(text: string): number {
  // eslint-disable-next-line no-control-regex -- the escape character is what begins a colour
  return Math.max(...text.split('\n').map((line) => [...line.replace(/\u001b\[\d+m/g, '')].length));
}
