import { counted } from '../text/format';
import { html, type Html, type Part } from '../text/html';

/** A coloured word. */
export function badge(kind: 'good' | 'warn' | 'bad' | 'plain', text: string): Html {
  return html`<span class="badge ${kind}">${text}</span>`;
}

/** A column of a table: heading, cell, and whether it stays narrow or holds a figure. */
export interface Column<Row> {
  head: string;
  cell: (row: Row) => Part;
  kind?: 'tight' | 'num' | 'tight num';
}

/** A table that scrolls by itself where it is too wide. */
export function table<Row>(rows: Row[], columns: Column<Row>[], caption?: Part): Html {
  const attribute = (column: Column<Row>) => column.kind ?? '';
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${columns.map(({ head }) => head).join(', ')}">
    <table>
      ${
        caption === undefined
          ? undefined
          : html`<caption>
              ${caption}
            </caption>`
      }
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" class="${attribute(column)}">${column.head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map((column) => html`<td class="${attribute(column)}">${column.cell(row)}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Of a list that is not whole, how many of its entries are missing; nothing for one that is. */
export function leftOutNote(entries = 0): Part {
  return (
    entries > 0 &&
    html`<p class="note">
      Not shown: ${counted(entries, 'further entry', 'further entries')}. A run carries no more than Temporal takes at
      once; what tells the least, and of that the oldest, was left out.
    </p>`
  );
}
