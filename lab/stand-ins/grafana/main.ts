import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parse } from 'yaml';

// Stands in for Grafana where its image can't be had: what docker-compose.yml provides for it is read from the same places
// with the same rights, and the questions that the demo asks are answered as Grafana's HTTP API does. It draws nothing.

const PROVISIONING = '/etc/grafana/provisioning';
/** Where Grafana keeps what it knows. */
const DATABASE = '/var/lib/grafana/grafana.db';

interface Dashboard {
  uid: string;
}

function filesIn(folder: string, ending: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  return names.map((name) => join(folder, name));
}

function provisioned<T>(kind: string): T[] {
  return filesIn(join(PROVISIONING, kind), '.yml').map((file) => parse(readFileSync(file, 'utf8')) as T);
}

const datasources = new Map(
  provisioned<{ datasources: { uid: string; url: string }[] }>('datasources')
    .flatMap((file) => file.datasources)
    .map(({ uid, url }) => [uid, url]),
);
const dashboards = new Map(
  provisioned<{ providers: { options: { path: string } }[] }>('dashboards')
    .flatMap(({ providers }) => providers)
    .flatMap(({ options }) => filesIn(options.path, '.json'))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Dashboard)
    .map((dashboard) => [dashboard.uid, dashboard]),
);
// The page that is seen first has to be there too.
readFileSync(process.env.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? '');
writeFileSync(DATABASE, '');

/** What Grafana answers to somebody who has not logged in. */
async function answer(path: string): Promise<[status: number, text: string]> {
  if (path === '/api/health') return [200, JSON.stringify({ database: 'ok', version: 'stand-in' })];
  if (process.env.GF_AUTH_ANONYMOUS_ENABLED !== 'true') return [401, '{"message":"Unauthorized"}'];
  const dashboard = dashboards.get(/^\/api\/dashboards\/uid\/([^/]+)$/.exec(path)?.[1] ?? '');
  if (dashboard) return [200, JSON.stringify({ meta: { provisioned: true }, dashboard })];
  const [, uid = '', rest] = /^\/api\/datasources\/proxy\/uid\/([^/]+)(\/.*)$/.exec(path) ?? [];
  const url = datasources.get(uid);
  if (url === undefined || rest === undefined) return [404, '{"message":"Not found"}'];
  const response = await fetch(`${url}${rest}`);
  return [response.status, await response.text()];
}

createServer((request, response) => {
  answer(request.url ?? '')
    .catch((error: Error): [number, string] => [502, JSON.stringify({ message: error.message })])
    .then(([status, text]) => response.writeHead(status, { 'content-type': 'application/json' }).end(text))
    .catch(() => response.destroy());
}).listen(3000);
process.on('SIGTERM', () => process.exit(0));
