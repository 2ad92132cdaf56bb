import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Client } from '@elastic/elasticsearch';
import { parseConfig } from './config';
import { Monitor, serveHealth } from './health';
import {
  Journal,
  type HistoryLine,
  type LedgerLine,
  type OpenedLine,
  type RequestLine,
  type UpdateLine,
} from './journal';
import { Pace } from './pace';
import { Workload } from './workload';

const HEALTH_PORT = 8080;

/** The shop: a steady stream of requests until SIGTERM, then what is in flight is finished. */
function main(): void {
  const { values } = parseArgs({
    options: {
      config: { type: 'string', default: '/etc/shop/config.yaml' },
      requests: { type: 'string', default: '/var/log/shop/requests.ndjson' },
      ledger: { type: 'string', default: '/var/lib/shop/ledger.ndjson' },
      updates: { type: 'string', default: '/var/lib/shop/updates.ndjson' },
      history: { type: 'string', default: '/var/lib/shop/history.ndjson' },
    },
  });
  const config = parseConfig(values.config, readFileSync(values.config, 'utf8'));
  const client = new Client({
    nodes: config.endpoints,
    maxRetries: 0,
    requestTimeout: config.requestTimeoutSeconds * 1000,
    sniffOnStart: false,
    resurrectStrategy: 'optimistic',
    ...(config.username === undefined ? {} : { auth: { username: config.username, password: config.password ?? '' } }),
    ...(config.caFile === undefined ? {} : { tls: { ca: readFileSync(config.caFile) } }),
  });
  const requests = new Journal<OpenedLine | RequestLine>(values.requests);
  const ledger = new Journal<LedgerLine>(values.ledger);
  const updates = new Journal<UpdateLine>(values.updates);
  const history = new Journal<HistoryLine>(values.history);
  const monitor = new Monitor(config.endpoints);
  const workload = new Workload(client, {
    opened: (line) => requests.append(line),
    request: (line) => {
      requests.append(line);
      monitor.add(line);
    },
    acknowledged: (line) => ledger.append(line),
    updated: (line) => updates.append(line),
    history: (line) => history.append(line),
  });
  const server = serveHealth(monitor, HEALTH_PORT);

  const inFlight = new Set<Promise<void>>();
  const pace = new Pace(config.ratePerSecond, Date.now());
  const timer = setInterval(() => {
    for (let left = pace.due(Date.now(), inFlight.size); left > 0; left--) {
      const request = workload.next();
      inFlight.add(request);
      void request.finally(() => inFlight.delete(request));
    }
  }, 5);

  const stop = async () => {
    clearInterval(timer);
    await Promise.all(inFlight);
    server.close();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
  console.log(`shop: ${config.ratePerSecond} requests/s to ${config.endpoints.join(', ')}`);
}

main();
