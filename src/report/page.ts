import { charts } from './charts';
import type { Chart } from './chart-frame';
import { timeline } from './chart-timeline';
import { dataProofs } from './data';
import { dateTime } from '../text/format';
import { everyText, harmless } from '../text/harmless';
import { bare, html, trusted, type Html } from '../text/html';
import type { Report } from '../contract/report';
import { audit, changes, checks } from './lists';
import { gates, givenUp, head, phases, tiles, wayBack } from './sections';
import { STYLE } from './style';

/** The report as one HTML page that needs nothing else: no script, no font, no picture from anywhere. */
export function renderPage(given: Report): string {
  // Charts are drawn by a library, which would take any text as it is.
  const report = everyText(given, harmless);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${bare(`${report.name}: ${report.outcome} · bigswitch`)}</title>
        <style>
          ${trusted(STYLE)}
        </style>
      </head>
      <body>
        <main>
          ${head(report)} ${tiles(report)}
          <section>
            <h2 id="charts">How it went</h2>
            ${report.samples.length === 0 && html`<p class="note">No sample was taken, so there is nothing to plot but the phases.</p>`}
            ${[timeline(report), ...charts(report)].map(figure)}
          </section>
          ${wayBack(report)} ${givenUp(report)} ${phases(report)} ${gates(report)} ${dataProofs(report)}
          ${checks(report)} ${changes(report)} ${audit(report)}
          <footer>
            Written by bigswitch · workflow <span class="mono">${report.workflowId}</span> · run
            <span class="mono">${report.runId}</span> · times are UTC · ended ${dateTime(report.endedAt)} · every sample
            is in report.json
          </footer>
        </main>
      </body>
    </html> `;
  return page.text;
}

function figure({ id, title, svg, text }: Chart): Html {
  return html`<figure aria-labelledby="chart-${id}">
    <h3 id="chart-${id}">${title}</h3>
    ${svg}
    <figcaption>${text}</figcaption>
  </figure>`;
}
