import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../paths';
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

/** Panels that are empty where nothing fails, and where no gate is open for longer than Prometheus takes to look again. */
const MAY_BE_EMPTY = ['Failed attempts', 'Open gate waits for'];

/**
 * The questions of Grafana's dashboard, as Grafana asks them with its variables filled in.
 * @param dashboard the text of the dashboard's file
 */
export function panelQueries(dashboard: string): PanelQuery[] {
  const of = (panels: Panel[]): PanelQuery[] =>
    panels.flatMap(({ title, targets = [], panels: inner = [] }) => [
      ...targets.map(({ expr }) => ({
        panel: title,
        query: expr.replaceAll('$migration', '.*').replaceAll('$__rate_interval', '1m'),
      })),
      ...of(inner),
    ]);
  return of((JSON.parse(dashboard) as { panels: Panel[] }).panels);
}

/**
 * Whether Prometheus has had something to show in every panel of the dashboard since the migration began; it is told.
 * Grafana itself is not asked, as there is no stand-in for it.
 */
export async function checkFigures(project: ComposeProject, narrator: Narrator): Promise<boolean> {
  const text = readFileSync(join(ROOT, 'deploy', 'grafana', 'dashboards', 'bigswitch.json'), 'utf8');
  const queries = panelQueries(text).filter(({ panel }) => !MAY_BE_EMPTY.includes(panel));
  return narrator.check("Prometheus has figures for every panel of Grafana's dashboard", async () => {
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
 * What Prometheus has for a query. Its port is not published; the worker shares a network with it.
 * @throws Error when it can't be asked, or does not understand the query
 */
export async function figures({ exec }: ComposeProject, query: string): Promise<string[]> {
  const url = `http://prometheus:9090/api/v1/query?query=${encodeURIComponent(query)}`;
  const ask = `fetch(${JSON.stringify(url)}).then((r) => r.text()).then(console.log)`;
  const answer = JSON.parse(await exec('worker', ['node', '-e', ask])) as {
    error?: string;
    data?: { result: { value: [number, string] }[] };
  };
  if (!answer.data) throw new Error(`Prometheus refuses ${query}: ${answer.error ?? 'without a reason'}`);
  return answer.data.result.map(({ value }) => value[1]);
}
