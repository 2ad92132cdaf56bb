import { clock, count, counted } from '../text/format';
import { html, type Html } from '../text/html';
import type { Report } from '../contract/report';
import { badge, table, type Column } from './parts';

type Gate = Report['gates'][number];
type Proof = NonNullable<Gate['evidence']['data']>;
type Row = Proof & { gate: string; takenAt: string };

/** What was compared of the data before each gate, and what that proves; absent where no gate compared any. */
export function dataProofs({ gates }: Report): Html | undefined {
  const rows = gates.flatMap(({ gate, evidence: { data, takenAt } }): Row[] =>
    data ? [{ ...data, gate, takenAt }] : [],
  );
  if (rows.length === 0) return undefined;
  const columns: Column<Row>[] = [
    { head: 'Before', kind: 'tight', cell: ({ gate }) => html`<b>${gate}</b>` },
    { head: 'At (UTC)', kind: 'tight num', cell: ({ takenAt }) => clock(takenAt) },
    { head: 'Compared', cell: ({ between: [left, right] }) => `${left} with ${right}` },
    {
      head: 'Copies',
      kind: 'tight num',
      cell: ({ copies, shards }) => `${count(copies)} of ${counted(shards, 'shard')}`,
    },
    { head: 'Documents', kind: 'tight num', cell: ({ documents }) => count(documents) },
    { head: 'Read and hashed', kind: 'tight num', cell: ({ sampledDocuments }) => count(sampledDocuments) },
    { head: '', kind: 'tight', cell: verdictOf },
  ];
  return html`<section>
    <h2 id="data">Is the data the same?</h2>
    <p class="note">Compared while the apps were writing; what was read again and then agreed is no difference.</p>
    ${table(rows, columns)}
    <ul>
      ${proven(gates).map(([name, proves]) => html`<li><b>${capital(name)}.</b> ${proves}</li>`)}
    </ul>
    ${rows.map(left)} ${rows.map(figures)}
  </section>`;
}

function verdictOf({ different, copies }: Row): Html {
  if (different.length > 0) return badge('bad', 'differs');
  return copies > 0 ? badge('good', 'the same') : badge('plain', 'nothing to compare');
}

/** What the facts about data prove, each once. */
function proven(gates: Gate[]): [string, string][] {
  const facts = gates.flatMap(({ evidence }) => evidence.facts);
  return [...new Map(facts.flatMap(({ name, proves }) => (proves === undefined ? [] : [[name, proves] as const])))];
}

/** What differs, what was not compared, and what has nothing to be compared with. */
function left({ gate, different, differentMore, notCompared, notComparedMore, onlyCopies }: Row): Html[] {
  const told = (what: string, all: Proof['different'], more: number) =>
    all.length > 0 &&
    html`<p class="note">
      <b>${gate}</b>, ${what}:
      ${all.map((one) => `${one.index} (${one.what})`).join('; ')}${more > 0 && ` and ${count(more)} more`}.
    </p>`;
  const alone =
    onlyCopies > 0 &&
    html`<p class="note">
      <b>${gate}</b>: ${counted(onlyCopies, 'shard')} with one copy only: there is nothing to compare it with.
    </p>`;
  const parts = [told('differs', different, differentMore), told('not compared', notCompared, notComparedMore), alone];
  return parts.filter((part) => part !== false);
}

/** What each copy said of itself, folded. */
function figures({ gate, figures, figuresMore }: Row): Html | false {
  const figure = (head: string, of: (one: Proof['figures'][number]) => number | undefined) => {
    const cell = (one: Proof['figures'][number]) => {
      const value = of(one);
      return value === undefined ? 'not said' : count(value);
    };
    return { head, kind: 'tight num' as const, cell };
  };
  const columns: Column<Proof['figures'][number]>[] = [
    { head: 'Index', cell: ({ index }) => html`<span class="mono">${index}</span>` },
    { head: 'Shard', kind: 'tight num', cell: ({ shard }) => count(shard) },
    { head: 'Copy', kind: 'tight', cell: ({ node, primary }) => `${node}${primary ? ' (primary)' : ''}` },
    figure('Documents', ({ documents }) => documents),
    figure('Highest write', ({ maxSeqNo }) => maxSeqNo),
    figure('Local checkpoint', ({ localCheckpoint }) => localCheckpoint),
    figure('Global checkpoint', ({ globalCheckpoint }) => globalCheckpoint),
  ];
  return (
    figures.length > 0 &&
    html`<details>
      <summary>${gate}: what each copy said of itself</summary>
      <p class="note">
        Writes of a shard are numbered from 0. A copy has every write up to its local checkpoint; all copies have every
        write up to the global one, which they learn a moment later, so it is shown and not judged. While apps write,
        copies that are asked one after the other differ by what was written meanwhile.
        ${figuresMore > 0 && ` ${counted(figuresMore, 'copy', 'copies')} more of smaller indices are not listed.`}
      </p>
      ${table(figures, columns)}
    </details>`
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
