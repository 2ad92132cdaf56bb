import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { panelQueries, type Dashboard } from '../../../lab/demo/compose-figures';

test('panels ask what Grafana would ask, in rows too', () => {
  const dashboard = {
    panels: [
      { title: 'Phase', targets: [{ expr: 'max(bigswitch_phase{migration=~"$migration"})' }] },
      { title: 'Row', panels: [{ title: 'Rate', targets: [{ expr: 'rate(a[$__rate_interval])' }, { expr: 'b' }] }] },
    ],
  };
  expect(panelQueries(dashboard)).toEqual([
    { panel: 'Phase', query: 'max(bigswitch_phase{migration=~".*"})' },
    { panel: 'Rate', query: 'rate(a[1m])' },
    { panel: 'Rate', query: 'b' },
  ]);
});

test('no variable of the dashboard is left unfilled', () => {
  const text = readFileSync(join(__dirname, '../../../deploy/grafana/dashboards/bigswitch.json'), 'utf8');
  const queries = panelQueries(JSON.parse(text) as Dashboard);
  expect(queries.length).toBeGreaterThan(10);
  expect(queries.filter(({ query }) => query.includes('$'))).toEqual([]);
});
