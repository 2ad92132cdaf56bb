import type { ComposeProject } from './compose-project';
import type { Narrator } from './narrator';
import { soon } from './soon';

/** What a panel of the dashboard asks Prometheus for. */
export interface PanelQuery {
  panel: string;
  query: string;
}

interface Panel {
  title: string;
  targets?: { expr: string }[];
  panels?: Panel[];
}

/** A dashboard, as its file and Grafana's API have it. */
export interface Dashboard {
  panels: Panel[];
}

/** Panels that are empty where nothing fails, and where no gate is open for longer than Prometheus takes to look again. */
const MAY_BE_EMPTY = ['Failed attempts', 'Open gate waits for'];

/**
 * The questions of Grafana's dashboard, as Grafana asks them with its variables filled in.
 */
export function panelQueries({ panels }: Dashboard): PanelQuery[] {
  const of = (some: Panel[]): PanelQuery[] =>
    some.flatMap(({ title, targets = [], panels: inner = [] }) => [
      ...targets.map(({ expr }) => ({
        panel: title,
        query: expr.replaceAll('$migration', '.*').replaceAll('$__rate_interval', '1m'),
      })),
      ...of(inner),
    ]);
  return of(panels);
}

/**
 * Whether there has been something to show in every panel of the dashboard since the migration began; it is told.
 * Dashboard and figures are Grafana's, as a browser gets them from it.
 */
export async function checkFigures(project: ComposeProject, narrator: Narrator): Promise<boolean> {
  return narrator.check('Grafana has figures for every panel of its dashboard', async () => {
    const { dashboard } = await ask<{ dashboard: Dashboard }>(project, '/api/dashboards/uid/bigswitch');
    const queries = panelQueries(dashboard).filter(({ panel }) => !MAY_BE_EMPTY.includes(panel));
    let empty: string[] = [];
    const ok = await soon(async () => {
      empty = [];
      for (const { panel, query } of queries) {
        if ((await figures(project, `last_over_time((${query})[1h:5s])`)).length === 0) empty.push(panel);
      }
      return queries.length > 0 && empty.length === 0;
    });
    if (empty.length > 0) narrator.warn(`nothing to show in: ${empty.join(', ')}`);
    return ok;
  });
}

/**
 * What Grafana gets from Prometheus for a query.
 * @throws Error when one of them can't be asked, or Prometheus does not understand the query
 */
export async function figures(project: ComposeProject, query: string): Promise<string[]> {
  const answer = await ask<{ error?: string; data?: { result: { value: [number, string] }[] } }>(
    project,
    `/api/datasources/proxy/uid/prometheus/api/v1/query?query=${encodeURIComponent(query)}`,
  );
  if (!answer.data) throw new Error(`Prometheus refuses ${query}: ${answer.error ?? 'without a reason'}`);
  return answer.data.result.map(({ value }) => value[1]);
}

/** A question to Grafana's HTTP API, without a login. */
async function ask<T>({ grafanaUrl }: ComposeProject, path: string): Promise<T> {
  const response = await fetch(`${grafanaUrl}${path}`);
  const text = await response.text();
  // Prometheus says what is wrong with a query with 400, which Grafana passes on.
  if (!response.ok && response.status !== 400)
    throw new Error(`Grafana answers ${response.status}: ${text.slice(0, 200)}`);
  return JSON.parse(text) as T;
}
