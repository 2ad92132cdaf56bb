import { createServer, type Server } from 'node:http';
import type { RequestLine } from './journal';

const WINDOW_MS = 10_000;
const LATEST = 10;

/** What `/health` answers. */
export interface Health {
  ok: boolean;
  endpoints: string[];
  lastSuccessMsAgo: number | null;
}

/** What `/stats` answers: the last ten seconds. */
export interface Stats {
  requests: number;
  failed: number;
  p50Ms: number;
  p99Ms: number;
}

/** Remembers the latest requests and says whether the shop works with its current endpoints. */
export class Monitor {
  private lines: RequestLine[] = [];
  private readonly lastOfEndpoint = new Map<string, boolean>();
  private lastSuccess: number | undefined;

  constructor(private readonly endpoints: string[]) {}

  /** Takes a finished request in. */
  add(line: RequestLine, now = Date.now()): void {
    this.lines.push(line);
    if (this.lines.length > 2_000) this.lines = this.lines.filter(({ t }) => t > now - WINDOW_MS);
    if (this.endpoints.includes(line.endpoint)) this.lastOfEndpoint.set(line.endpoint, line.ok);
    if (line.ok) this.lastSuccess = now;
  }

  /** Healthy only when every endpoint answered its last request, the latest requests succeeded, and lately. */
  health(now = Date.now()): Health {
    const ago = this.lastSuccess === undefined ? null : now - this.lastSuccess;
    const latest = this.lines.slice(-LATEST);
    const ok =
      latest.length === LATEST &&
      latest.every((line) => line.ok) &&
      this.endpoints.every((endpoint) => this.lastOfEndpoint.get(endpoint) === true) &&
      ago !== null &&
      ago < 2_000;
    return { ok, endpoints: this.endpoints, lastSuccessMsAgo: ago };
  }

  /** Counts and latencies of the last ten seconds. */
  stats(now = Date.now()): Stats {
    const recent = this.lines.filter(({ t }) => t > now - WINDOW_MS);
    const times = recent.map(({ ms }) => ms).sort((a, b) => a - b);
    const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
    return {
      requests: recent.length,
      failed: recent.filter((line) => !line.ok).length,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
    };
  }
}

/** Serves `/health` (200 or 503) and `/stats` on the loopback address only. */
export function serveHealth(monitor: Monitor, port: number): Server {
  return createServer((request, response) => {
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    };
    if (request.url === '/health') {
      const health = monitor.health();
      send(health.ok ? 200 : 503, health);
    } else if (request.url === '/stats') {
      send(200, monitor.stats());
    } else {
      send(404, { error: 'there is /health and /stats' });
    }
  }).listen(port, '127.0.0.1');
}
