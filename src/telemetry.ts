import { Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OpenTelemetryActivityInboundInterceptor } from '@temporalio/interceptors-opentelemetry';
import { Runtime, type ActivityInterceptorsFactory, type LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';

/** Seconds; a gate may be open for days. */
const GATE_BUCKETS = [10, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600, 72 * 3600];

/**
 * Where metrics are offered to Prometheus, from `BIGSWITCH_METRICS`: `PORT` on loopback, or `ADDRESS:PORT`.
 * @returns undefined when the variable is not set or empty: metrics are off
 * @throws Error that says what it may be
 */
export function metricsAddress(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const wanted = env.BIGSWITCH_METRICS ?? '';
  if (wanted === '') return undefined;
  const [, address = '127.0.0.1', port = ''] = /^(?:(\[[0-9a-fA-F:]+\]|[\d.]+):)?(\d{1,5})$/.exec(wanted) ?? [];
  if (port === '' || Number(port) < 1 || Number(port) > 65_535) {
    throw new Error(`BIGSWITCH_METRICS is "${wanted}"; use a port (9464, on loopback) or ADDRESS:PORT (0.0.0.0:9464)`);
  }
  return `${address}:${port}`;
}

/** Sends Temporal's own log where ours goes, and offers metrics where `BIGSWITCH_METRICS` says. */
export function installRuntime(log: Logger): void {
  const bindAddress = metricsAddress();
  const write = (level: LogLevel, message: string, meta?: object) => {
    const method = level.toLowerCase() as Lowercase<LogLevel>;
    log[method](meta ?? {}, message);
  };
  const metrics = bindAddress && {
    prometheus: { bindAddress, histogramBucketOverrides: { bigswitch_gate_open_seconds: GATE_BUCKETS } },
  };
  Runtime.install({
    logger: {
      log: write,
      trace: (message, meta) => write('TRACE', message, meta),
      debug: (message, meta) => write('DEBUG', message, meta),
      info: (message, meta) => write('INFO', message, meta),
      warn: (message, meta) => write('WARN', message, meta),
      error: (message, meta) => write('ERROR', message, meta),
    },
    telemetryOptions: metrics ? { metrics } : {},
  });
  if (bindAddress) log.info({ metrics: `http://${bindAddress}/metrics` }, 'metrics are offered');
}

/** Traces that were turned on. */
export interface Tracing {
  /** For `Worker.create`: a span for each attempt of an activity, with the ids of its workflow. */
  activity: ActivityInterceptorsFactory;
  /** Sends what is left; spans that can't be sent are lost. */
  close(): Promise<void>;
}

/**
 * Traces of activities, as OpenTelemetry's standard variables say: on with `OTEL_TRACES_EXPORTER=otlp`, sent by OTLP over HTTP to
 * `OTEL_EXPORTER_OTLP_ENDPOINT`, by default `http://localhost:4318`.
 * @returns undefined when they are off
 * @throws Error when the variable names another exporter
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function createTracing(env: NodeJS.ProcessEnv = process.env): Tracing | undefined {
  const exporter = env.OTEL_TRACES_EXPORTER ?? '';
  if (exporter === '' || exporter === 'none') return undefined;
  if (exporter !== 'otlp') throw new Error(`OTEL_TRACES_EXPORTER is "${exporter}"; use "otlp" or "none"`);
  const resource = Resource.default().merge(
    new Resource({ 'service.name': env.OTEL_SERVICE_NAME ?? 'bigswitch-worker' }),
  );
  const spanProcessor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new BasicTracerProvider({ resource, spanProcessors: [spanProcessor] });
  const tracer = provider.getTracer('bigswitch');
  return {
    activity: (context) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(context, { tracer }) }),
    close: () => provider.shutdown().catch(() => undefined),
  };
}
