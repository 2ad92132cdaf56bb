import { join, resolve } from 'node:path';
import type { Activities } from '../contract/activities';
import type { Deps } from './deps';
import { buildReport } from '../report/build';
import { renderPage } from '../report/page';
import { writeAtomically } from '../report/write';
import { harmlessJson } from '../text/harmless';

export { reportSchema, type Report } from '../contract/report';

/**
 * The activity of phase `report`: writes report.html and report.json into the plan's report folder on the worker.
 * Running it again replaces both.
 */
export function createReportActivities(deps: Pick<Deps, 'scope' | 'log'>): Pick<Activities, 'writeReport'> {
  return {
    async writeReport(input) {
      const { plan } = await deps.scope();
      const report = buildReport(plan, input);
      const folder = resolve(plan.report.folder);
      const files = { html: join(folder, 'report.html'), json: join(folder, 'report.json') };
      await writeAtomically(files.json, `${harmlessJson(report, 2)}\n`);
      await writeAtomically(files.html, renderPage(report));
      deps.log.info({ files, outcome: report.outcome }, 'report written');
      return files;
    },
  };
}
