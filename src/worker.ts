import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker, type NativeConnectionOptions } from '@temporalio/worker';
import pino, { stdSerializers, type Logger } from 'pino';
import { createDeps, openOverSsh, Scopes, type OpenScope } from './activities/scope';
import { createActivities } from './activities';
import { createAskedActivities } from './activities/drain/asked';
import { BEAT_MS, guard } from './activities/guard';
import { Teller } from './activities/teller';
import { createNotifyActivities } from './activities/notify/activities';
import { beatTaken } from './activities/temporal';
import { Redactor } from './secrets/redact';
import { PAYLOAD_CONVERTER_PATH, workflowSource } from './bundle-workflows';
import { TASK_QUEUE } from './client';
import { runLink, uiAddress } from './links';
import { registeredSearchAttributes, tellMissingSearchAttributes } from './search-attributes';
import { createSecrets } from './secrets/resolve';
import { codedJson } from './text/harmless';
import { term, writeLine } from './text/terminal';
import { createTracing, installRuntime, type Tracing } from './telemetry';
import { Context } from '@temporalio/activity';

/** What a worker is made from; everything has a default but the connection. */
export interface WorkerParts {
  connection: NativeConnection;
  /** @default 'default' */
  namespace?: string;
  /** @default 'bigswitch' */
  taskQueue?: string;
  /** Workflows bundled beforehand; default: the bundle of the build, else the sources. */
  workflowBundle?: { code: string };
  log?: Logger;
  redactor?: Redactor;
  /** How the world of a plan is opened; default: over SSH. */
  openScope?: OpenScope;
  /** Traces that were turned on; default: none. */
  tracing?: Tracing;
}

/** Steps that are under way on a host may end in this time after a shutdown was asked for; most take seconds. */
const SHUTDOWN_GRACE = '30 s';
/** Then they are cancelled, and after this time in all the process ends: what was cut off is done again elsewhere. */
const SHUTDOWN_FORCE = '60 s';

/** Activities at the same time: many wait for hosts, and one migration uses at most about twenty. */
const ACTIVITIES_AT_ONCE = 100;

/** Logs as JSON lines on standard output, without any secret that was resolved; level by `BIGSWITCH_LOG_LEVEL`. */
export function createLog(redactor: Redactor): Logger {
  const level = process.env.BIGSWITCH_LOG_LEVEL ?? 'info';
  const cleaned = (value: unknown) =>
    redactor.cleanAll(value instanceof Error ? { err: stdSerializers.err(value), msg: value.message } : value);
  return pino({
    name: 'bigswitch',
    level,
    // What is in a value is plain to see only before it is written as JSON; the line is looked at once more all the same.
    serializers: { err: (error: Error) => redactor.cleanAll({ ...stdSerializers.err(error) }) },
    hooks: {
      logMethod(args, method) {
        method.apply(this, args.map(cleaned) as typeof args);
      },
      streamWrite: (line) => codedJson(redactor.clean(line)),
    },
  });
}

/**
 * A worker that runs migrations; `run()` starts it. Its connections to hosts are closed by `close` after `run` has ended.
 * @throws Error when the server can't be reached, or the environment says something that can't be
 */
export async function createWorker(parts: WorkerParts): Promise<{ worker: Worker; close: () => Promise<void> }> {
  const { namespace = 'default' } = parts;
  const redactor = parts.redactor ?? new Redactor();
  const log = parts.log ?? createLog(redactor);
  const secrets = redactor.watching(createSecrets({ warn: (message) => log.warn(message) }));
  const scopes = new Scopes(parts.openScope ?? openOverSsh(secrets, log), log);
  const ui = uiAddress(process.env);
  const all = {
    ...createActivities(createDeps(scopes, secrets, log)),
    ...createAskedActivities(),
    registered: () => registeredSearchAttributes(parts.connection, namespace),
    ...createNotifyActivities({
      secrets,
      signal: () => Context.current().cancellationSignal,
      ...(ui !== undefined && { link: (workflowId: string) => runLink(ui, workflowId, namespace) }),
    }),
  };
  const activities = guard(all, {
    redactor,
    context: () => Context.current(),
    beat: beatTaken,
    teller: new Teller(),
    ended: (context) => scopes.release(context),
  });
  const worker = await Worker.create({
    connection: parts.connection,
    namespace,
    taskQueue: parts.taskQueue ?? TASK_QUEUE,
    ...workflowSource(parts.workflowBundle),
    interceptors: { activity: parts.tracing ? [parts.tracing.activity] : [] },
    dataConverter: { payloadConverterPath: PAYLOAD_CONVERTER_PATH },
    activities,
    maxConcurrentActivityTaskExecutions: ACTIVITIES_AT_ONCE,
    // By default beats are held back for most of the heartbeat time-out, and with them cancellations.
    maxHeartbeatThrottleInterval: BEAT_MS,
    shutdownGraceTime: SHUTDOWN_GRACE,
    shutdownForceTime: SHUTDOWN_FORCE,
  });
  return { worker, close: () => scopes.close() };
}

/** Where a worker gets its work. */
export interface WorkerPlace {
  connectionOptions: NativeConnectionOptions;
  /** @default 'default' */
  namespace?: string;
  /** @default 'bigswitch' */
  taskQueue?: string;
}

/**
 * Runs a worker until SIGINT or SIGTERM; logs, metrics and traces are as the environment says.
 * @throws Error when the server can't be reached
 */
export async function runWorker({ connectionOptions, namespace, taskQueue = TASK_QUEUE }: WorkerPlace): Promise<void> {
  const redactor = new Redactor();
  const log = createLog(redactor);
  installRuntime(log);
  const tracing = createTracing();
  const connection = await NativeConnection.connect(connectionOptions);
  try {
    const { worker, close } = await createWorker({ connection, namespace, taskQueue, log, redactor, tracing });
    log.info({ server: connectionOptions.address, namespace, taskQueue }, 'worker is ready');
    await tellMissingSearchAttributes(connection, namespace ?? 'default', log);
    await worker.run();
    await close();
    await tracing?.close();
  } finally {
    await connection.close();
  }
}

if (require.main === module) {
  // What could not be closed in good order would keep the process alive for ever.
  const main = async () => runWorker(loadClientConnectConfig());
  const ended = main().then(() => process.exit(0));
  ended.catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    writeLine(process.stderr, term`The worker can't run: ${reason}`);
    writeLine(process.stderr, 'Is the Temporal server there? It is named by TEMPORAL_ADDRESS.');
    process.exit(1);
  });
}
