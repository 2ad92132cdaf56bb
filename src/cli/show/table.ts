import Table from 'cli-table3';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { cut } from '../../text/harmless';
import { laidOut, term, withoutColours, type Piece, type Shown } from '../../text/terminal';
import type { Io } from '../io';

/** No lines between cells: a table that can be read, copied and cut up by other programs. */
const PLAIN = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
};

/** Narrowest last column, in characters. */
const NARROWEST = 24;
/** Most characters of a cell: of the last column, which is wrapped, and of any other. What a host prints may be of any length. */
const LONGEST = { last: 4_000, other: 200 };

/**
 * Rows in columns; the last column is wrapped at words so that the table fits the terminal. Each cell is cleaned.
 * @param head names of the columns; none are shown without them
 */
export function table(io: Io, rows: Piece[][], head?: string[]): Shown {
  const cells = rows.map((row) =>
    row.map((cell, i) => bounded(String(term`${cell}`), i === row.length - 1 ? LONGEST.last : LONGEST.other)),
  );
  const all = head ? [head, ...cells] : cells;
  const columns = all[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...all.map((row) => visible(row[i] ?? ''))));
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const last = widths.at(-1) ?? 0;
  const room = Math.max(NARROWEST, io.columns - before);
  const made = new Table({
    chars: PLAIN,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: [...widths.slice(0, -1), Math.min(last, room)],
  });
  // A row for each line: the table itself looks at the whole of a cell for each line of it, which takes minutes for a long one.
  const inLines = (row: string[]) =>
    wrapAnsi(row.at(-1) ?? '', room, { hard: true })
      .split('\n')
      .map((line, i) => [...row.slice(0, -1).map((cell) => (i === 0 ? cell : '')), line]);
  if (head) made.push(head.map((name) => String(io.colours.dim(name))));
  made.push(...cells.flatMap(inLines));
  return laidOut(made.toString());
}

/** Columns that a cell takes, without the codes of its colours. */
function visible(text: string): number {
  return Math.max(...text.split('\n').map((line) => stringWidth(line)));
}

/** The cell itself, or the beginning of one that is too long, which has no colours then. */
function bounded(cell: string, longest: number): string {
  return cell.length <= longest ? cell : cut(withoutColours(cell), longest);
}
