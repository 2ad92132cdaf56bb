import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../src/embedded/processes';
import { Redactor } from '../src/secrets/redact';
import type { MoveProgress } from '../src/contract/progress';
import { startMigration } from '../src/client';
import { createTracing, installRuntime, metricsAddress } from '../src/telemetry';
import { createLog, createWorker } from '../src/worker';
import { FakeWorld, moved } from './workflows/support/fake-world';
import {
  approve,
  devServer,
  openGate,
  startLab,
  until,
  withMigration,
  workflowBundle,
  type Lab,
} from './workflows/support/lab';
import { planInput } from './workflows/support/plan';

const SECRET = 'correct-horse-battery';

function silentLog() {
  const log = createLog(new Redactor());
  log.level = 'silent';
  return log;
}

/** The samples of a metric, each with its labels, as a scrape shows them. */
async function scrape(port: number, name: string): Promise<{ labels: Record<string, string>; value: number }[]> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .map((line) => ({
      labels: Object.fromEntries([...line.matchAll(/\b(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
      value: Number(line.slice(line.lastIndexOf(' ') + 1)),
    }));
}

/** Waits until the sum of a metric's samples is as wanted; metrics leave the workflow a moment after its query answers. */
async function untilSum(port: number, name: string, wanted: (sum: number) => boolean): Promise<void> {
  let sum = NaN;
  for (let i = 0; i < 100; i++) {
    sum = (await scrape(port, name)).reduce((total, { value }) => total + value, 0);
    if (wanted(sum)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${name} was ${sum} at last`);
}

describe('where metrics are offered', () => {
  test.each([
    [undefined, undefined],
    ['', undefined],
    ['9464', '127.0.0.1:9464'],
    ['0.0.0.0:9464', '0.0.0.0:9464'],
    ['[::1]:9464', '[::1]:9464'],
  ])('%j means %j', (value, address) => {
    expect(metricsAddress({ BIGSWITCH_METRICS: value })).toBe(address);
  });

  test.each(['yes', '0', '65536', 'localhost:9464', '127.0.0.1:'])('%j is refused', (value) => {
    expect(() => metricsAddress({ BIGSWITCH_METRICS: value })).toThrow(`BIGSWITCH_METRICS is "${value}"; use a port`);
  });
});

describe('traces', () => {
  test('are off unless asked for', () => {
    expect(createTracing({})).toBeUndefined();
    expect(createTracing({ OTEL_TRACES_EXPORTER: 'none' })).toBeUndefined();
    expect(() => createTracing({ OTEL_TRACES_EXPORTER: 'jaeger' })).toThrow('use "otlp" or "none"');
  });
});

describe('a worker with metrics', () => {
  let port: number;
  let lab: Lab;

  beforeAll(async () => {
    port = await freePort(19_464);
    process.env.BIGSWITCH_METRICS = String(port);
    installRuntime(silentLog());
    lab = await startLab(devServer());
  });
  afterAll(() => lab?.close());

  test('tells phase, what is left to move, and how long gates were open', async () => {
    const input = planInput();
    const world = new FakeWorld(input);
    const asked: ((progress: MoveProgress) => void)[] = [];
    world.answers.replicate = () => new Promise((resolve) => asked.push(resolve));
    // Each answer waits for its question, which a busy machine brings a while after the status of the one before.
    const goOn = async (left: number) => {
      while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      asked.shift()?.(moved(left));
    };
    await withMigration(lab, { world, input }, async (handle) => {
      await until(handle, (status) => status.phase === 'replicate' && status.doing.includes('moves'));
      await goOn(66);
      await untilSum(port, 'bigswitch_shards_left', (left) => left === 66);
      const [phase] = await scrape(port, 'bigswitch_phase');
      expect(phase).toMatchObject({ value: 4, labels: { migration: 'shop' } });
      expect((await scrape(port, 'bigswitch_bytes_left'))[0]?.value).toBeGreaterThan(0);
      await until(handle, (status) => status.progress?.shardsLeft === 66);
      // What is asked at the gates, too.
      world.answers.replicate = async () => moved(0);
      await goOn(0);

      await openGate(handle, 'big-switch');
      await untilSum(port, 'bigswitch_gate_opened_timestamp_seconds', (at) => Math.abs(at - Date.now() / 1000) < 60);
      for (const gate of ['big-switch', 'drain:old-1', 'drain:old-2', 'teardown']) await approve(handle, gate);
      await handle.result();
      await untilSum(port, 'bigswitch_gate_open_seconds_count', (count) => count === 4);
      await untilSum(port, 'bigswitch_phase', (number) => number === 9);
      for (const name of ['shards_left', 'gate_opened_timestamp_seconds', 'blocked', 'paused', 'rolling_back']) {
        const values = (await scrape(port, `bigswitch_${name}`)).map(({ value }) => value);
        expect([name, new Set(values)]).toEqual([name, new Set([0])]);
      }
      const waited = await scrape(port, 'bigswitch_gate_open_seconds_count');
      expect(Object.fromEntries(waited.map(({ labels, value }) => [labels['gate'], value]))).toEqual({
        'big-switch': 1,
        drain: 2,
        teardown: 1,
      });
      expect(await scrape(port, 'temporal_workflow_completed')).not.toEqual([]);
    });
  });

  test('counts failed attempts, and sends a span of each to the receiver, without a secret', async () => {
    const receiver = await startReceiver();
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${receiver.port}`;
    const tracing = createTracing({ OTEL_TRACES_EXPORTER: 'otlp' });
    const redactor = new Redactor();
    redactor.remember(SECRET);
    try {
      const { worker, close } = await createWorker({
        connection: lab.env.nativeConnection,
        taskQueue: 'traced',
        workflowBundle: await workflowBundle(),
        redactor,
        log: silentLog(),
        tracing,
        openScope: async () => {
          throw new Error(`login with ${SECRET} was refused`);
        },
      });
      await worker.runUntil(async () => {
        const handle = await startMigration(lab.env.client, planInput(), { taskQueue: 'traced', workflowId: 'traced' });
        await expect(handle.result()).rejects.toThrow();
      });
      await close();
      await tracing?.close();
    } finally {
      receiver.server.close();
    }
    const failures = await scrape(port, 'bigswitch_failures');
    expect(failures.find(({ labels }) => labels['activity'] === 'preflightHost')?.labels).toMatchObject({
      type: 'Error',
    });
    expect(receiver.bodies.join()).not.toContain(SECRET);
    const spans = receiver.spans();
    const looks = spans.filter(({ name }) => name === 'RunActivity:preflightHost');
    expect(looks.length).toBeGreaterThan(0);
    for (const span of looks) {
      expect(span.attributes).toContainEqual({ key: 'temporalWorkflowId', value: { stringValue: 'traced' } });
      expect(span.status.message).toContain('login with [secret] was refused');
    }
  });

  // After the two above: some figures are there only once something has happened.
  test('offers everything that the dashboard shows', async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const offered = new Set([...text.matchAll(/^(\w+)\{/gm)].map(([, name]) => name));
    const shown = metricsOfDashboard();
    expect(shown).toContain('bigswitch_gate_open_seconds_sum');
    expect(shown.filter((name) => !offered.has(name))).toEqual([]);
    const own = [...offered].filter((name) => name?.startsWith('bigswitch_') && !name.endsWith('_bucket'));
    expect(own.filter((name) => !shown.includes(name ?? ''))).toEqual([]);
  });
});

/** Names of the metrics in the queries of the dashboard. */
function metricsOfDashboard(): string[] {
  const file = join(__dirname, '..', 'deploy', 'grafana', 'dashboards', 'bigswitch.json');
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { panels: { targets: { expr: string }[] }[] };
  const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  return [...new Set(queries.flatMap((query) => query.match(/\b(?:bigswitch|temporal)_\w+/g) ?? []))];
}

interface Span {
  name: string;
  attributes: { key: string; value: unknown }[];
  status: { message?: string };
}

/** A receiver of OTLP over HTTP on loopback that keeps what it gets. */
async function startReceiver(): Promise<{ server: Server; port: number; bodies: string[]; spans: () => Span[] }> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.url === '/v1/traces') bodies.push(body);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const spans = () =>
    bodies.flatMap((body) =>
      (JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }).resourceSpans.flatMap(
        ({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans),
      ),
    );
  return { server, port: (server.address() as AddressInfo).port, bodies, spans };
}
