import { clock, counted } from '../text/format';
import { html, named, type Html } from '../text/html';
import { badge, leftOutNote, table, type Column } from './parts';
import type { Report } from '../contract/report';

const RESULTS = { ok: badge('good', 'ok'), warn: badge('warn', 'warning'), failed: badge('bad', 'failed') };

/** What preflight looked at: all that was not ok in full, the rest folded. */
export function checks({ checks, leftOut }: Report): Html {
  const columns: Column<Report['checks'][number]>[] = [
    { head: 'Check', kind: 'tight', cell: ({ name }) => html`<span class="mono">${name}</span>` },
    { head: 'Where', kind: 'tight', cell: ({ subject }) => (subject === '' ? 'cluster' : subject) },
    {
      head: '',
      kind: 'tight',
      cell: ({ result, waived }) => [RESULTS[result], waived && [' ', badge('plain', 'waived')]],
    },
    {
      head: 'Seen',
      cell: ({ seen, result, remedy }) => [
        seen,
        result !== 'ok' && remedy !== undefined && html`<div class="note">To do: ${remedy}</div>`,
      ],
    },
  ];
  const open = checks.filter(({ result }) => result !== 'ok');
  const good = checks.filter(({ result }) => result === 'ok');
  return html`<section>
    <h2 id="preflight">Preflight</h2>
    <p class="note">
      ${counted(checks.length, 'check')}: ${good.length} ok, ${open.filter(({ result }) => result === 'warn').length}
      with a warning, ${open.filter(({ result }) => result === 'failed').length} failed
      (${open.filter(({ waived }) => waived).length} waived by name in the plan).
    </p>
    ${leftOutNote(leftOut?.checks)} ${open.length > 0 && table(open, columns)}
    ${
      good.length > 0 &&
      html`<details>
        <summary>${counted(good.length, 'check')} that passed</summary>
        ${table(good, columns)}
      </details>`
    }
  </section>`;
}

/** What was changed and stays, what was changed and undone. */
export function changes({ changes, undone, leftOut }: Report): Html {
  const stay = changes.filter((change) => change.stays);
  const same = changes.filter((change) => !change.changed).length;
  const columns: Column<{ host: string; step: string; summary?: string }>[] = [
    { head: 'Host', kind: 'tight', cell: ({ host }) => html`<b>${host}</b>` },
    { head: 'Change', cell: ({ summary, step }) => summary ?? step },
    { head: 'Step', kind: 'tight', cell: ({ step }) => html`<span class="mono">${step}</span>` },
  ];
  return html`<section>
    <h2 id="changes">What was changed, and what stays</h2>
    <p class="note">
      ${counted(changes.length - same, 'change')} recorded, ${undone.length} undone, ${stay.length}
      ${stay.length === 1 ? 'stays' : 'stay'}${same > 0 && `; ${counted(same, 'further step')} found the host as wanted and changed nothing`}.
    </p>
    ${leftOutNote((leftOut?.ledger ?? 0) + (leftOut?.undone ?? 0))}
    ${stay.length > 0 && table(stay, columns, html`<b>Stays</b>`)}
    ${
      undone.length > 0 &&
      html`<details>
        <summary>${counted(undone.length, 'change')} undone, in this order</summary>
        ${table(undone, columns)}
      </details>`
    }
  </section>`;
}

/** Every message and gate event, refused ones too. */
export function audit({ audit, leftOut }: Report): Html {
  if (audit.length === 0)
    return html`<section>
      <h2 id="audit">Audit</h2>
      <p class="note">No message was received and no gate was opened.</p>
    </section>`;
  return html`<section>
    <h2 id="audit">Audit</h2>
    ${leftOutNote(leftOut?.audit)}
    ${table(audit, [
      { head: 'At (UTC)', kind: 'tight num', cell: ({ at }) => clock(at) },
      {
        head: 'What',
        kind: 'tight',
        cell: ({ kind, accepted }) => [
          kind,
          !accepted && [' ', badge('bad', kind === 'notify' ? 'not told' : 'refused')],
        ],
      },
      { head: 'Gate', kind: 'tight', cell: ({ gate }) => gate ?? '' },
      { head: 'By', kind: 'tight', cell: ({ by }) => (by === undefined ? '' : named(by)) },
      {
        head: 'Note',
        cell: ({ note, reason }) => [
          note !== undefined && named(note),
          note !== undefined && reason !== undefined && ' · ',
          reason !== undefined && named(reason),
        ],
      },
    ])}
  </section>`;
}
