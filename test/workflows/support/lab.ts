import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { IllegalStateError } from '@temporalio/common';
import { DefaultLogger, GracefulShutdownPeriodExpiredError, Runtime, Worker } from '@temporalio/worker';
import { isGrpcDeadlineError, type Client, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { ensureTemporal } from '../../../lab/setup/go';
import { ensureTestServer } from '../../../lab/setup/maven';
import { createAskedActivities } from '../../../src/activities/drain/asked';
import { bundleWorkflows, PAYLOAD_CONVERTER_PATH } from '../../../src/bundle-workflows';
import type { Status } from '../../../src/contract/messages';
import { SEARCH_ATTRIBUTES } from '../../../src/contract/search-attributes';
import { FAST_DISPATCH } from '../../../src/embedded/dev-server';
import { registeredSearchAttributes } from '../../../src/search-attributes';
import type { migrateCluster } from '../../../src/workflows';
import { atRest } from './at-rest';
import { namesTheGate } from './ended';
import { answeredBy, type FakeWorld } from './fake-world';
import { countsQueries } from './in-flight';

/** A migration that a test has started. */
export type Handle = WorkflowHandleWithFirstExecutionRunId<typeof migrateCluster>;

const ROOT = join(__dirname, '..', '..', '..');
const SHORT_WAIT_MS = 25;
/** For so long a worker waits for its activities when it is told to end. */
const FORCE_MS = 5_000;

/** A Temporal server that skips time; `result()` and `env.sleep()` let it. */
export async function timeSkippingServer(): Promise<TestWorkflowEnvironment> {
  quiet();
  const path = await ensureTestServer();
  const server = { executable: { type: 'existing-path' as const, path } };
  return startedInTime(() => TestWorkflowEnvironment.createTimeSkipping({ server }));
}

/**
 * The real server; with our search attributes, as set-up registers them, unless a test wants to do without.
 * @param uiPort where its UI is to be; default: it has none
 */
export async function devServer(
  extraArgs: string[] = [],
  searchAttributes = Object.values(SEARCH_ATTRIBUTES),
  uiPort?: number,
): Promise<TestWorkflowEnvironment> {
  quiet();
  const path = await ensureTemporal();
  const server = {
    executable: { type: 'existing-path' as const, path },
    extraArgs: ['--dynamic-config-value', FAST_DISPATCH, ...extraArgs],
    searchAttributes,
    uiPort,
  };
  return startedInTime(() => TestWorkflowEnvironment.createLocal({ server }));
}

/** Starts a server; the SDK gives it five seconds, which on a busy machine are too few now and then. */
async function startedInTime(start: () => Promise<TestWorkflowEnvironment>): Promise<TestWorkflowEnvironment> {
  for (let tries = 1; ; tries++) {
    try {
      return await start();
    } catch (error) {
      if (tries === 5 || !/did not start within/.test(String(error))) throw error;
    }
  }
}

function quiet(): void {
  try {
    Runtime.install({
      logger: new DefaultLogger('ERROR', () => undefined),
      telemetryOptions: { logging: { filter: 'OFF' } },
    });
  } catch {
    // Another test of this file has installed it.
  }
}

/** Every source file in a folder and below, in a fixed order. */
function sourcesIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name)).sort();
}

/** The bundle of our workflows, made once for all test files until a source changes. */
export async function workflowBundle(): Promise<{ code: string }> {
  const hash = createHash('sha256');
  for (const folder of ['src/workflows', 'src/plan', 'src/contract']) {
    for (const file of sourcesIn(join(ROOT, folder))) hash.update(readFileSync(file));
  }
  const file = join(ROOT, 'out', 'test', `workflows-${hash.digest('hex').slice(0, 16)}.js`);
  if (!existsSync(file)) {
    mkdirSync(join(ROOT, 'out', 'test'), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, (await bundleWorkflows()).code);
    renameSync(`${file}.${process.pid}`, file);
  }
  return { code: readFileSync(file, 'utf8') };
}

/** A server with one worker, whose activities are answered by the world of the migration that asks. */
export interface Lab {
  env: TestWorkflowEnvironment;
  worlds: Map<string, FakeWorld>;
  taskQueue: string;
  /** Asked before each migration: sees to it that the server can take one. */
  ready?(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a worker on a server; `close` stops both. */
export async function startLab(
  server: Promise<TestWorkflowEnvironment>,
  taskQueue = 'bigswitch-tests',
  worlds = new Map<string, FakeWorld>(),
): Promise<Lab> {
  const [env, bundle] = await Promise.all([server, workflowBundle()]);
  const worker = await Worker.create({
    connection: env.nativeConnection,
    namespace: env.namespace ?? 'default',
    taskQueue,
    workflowBundle: bundle,
    dataConverter: { payloadConverterPath: PAYLOAD_CONVERTER_PATH },
    activities: {
      ...answeredBy((workflowId) => {
        const world = worlds.get(workflowId.replace(/-(drain|notice|plan|check)-.*$/, ''));
        if (!world) throw new Error(`no world for ${workflowId}`);
        return world;
      }),
      ...createAskedActivities(),
      registered: () => registeredSearchAttributes(env.nativeConnection, env.namespace ?? 'default'),
    },
    maxHeartbeatThrottleInterval: 200,
    shutdownForceTime: FORCE_MS,
  });
  const running = worker.run();
  const close = async () => {
    worker.shutdown();
    try {
      await running;
    } catch (error) {
      // An answer that a failed test never gave; the worker that still waits for it can't be taken down in good order.
      if (!(error instanceof GracefulShutdownPeriodExpiredError || error instanceof IllegalStateError)) throw error;
    } finally {
      // The server must not stay, and keep all of Jest alive.
      await env.teardown();
    }
  };
  return { env, worlds, taskQueue, close };
}

let migrations = 0;

/** What a test starts. */
export interface StartOptions {
  world: FakeWorld;
  input: unknown;
  workflowId?: string;
  /** Workflow type; default `migrateCluster`. */
  type?: 'migrateCluster' | 'cleanUp';
}

/** Runs a test against a fresh migration in a world of its own; whatever is left of it is ended afterwards. */
export async function withMigration(
  lab: Lab,
  { world, input, type = 'migrateCluster', workflowId = `bigswitch-${process.pid}-${++migrations}` }: StartOptions,
  test: (handle: Handle, client: Client) => Promise<void>,
): Promise<void> {
  await lab.ready?.();
  const { env, worlds, taskQueue } = lab;
  worlds.set(workflowId, world);
  const args: [unknown] = [input];
  const handle: Handle = await env.client.workflow.start<typeof migrateCluster>(type, {
    taskQueue,
    workflowId,
    args,
  });
  const allAnswered = countsQueries(handle);
  const noMoreLooks = namesTheGate(handle);
  try {
    await test(handle, env.client);
  } finally {
    await noMoreLooks();
    await atRest(handle, world);
    await handle.terminate('the test is over').catch(() => undefined);
    await allAnswered();
  }
}

/** Asks for the status until it is as wanted. @throws Error with the last status, soon before Jest would end the test */
export async function until(handle: Handle, wanted: (status: Status) => boolean): Promise<Status> {
  const end = Date.now() + 200_000;
  for (;;) {
    const status = await handle.query<Status>('status').catch((error: unknown) => {
      if (isGrpcDeadlineError(error) && Date.now() < end) return undefined;
      throw error;
    });
    if (status && wanted(status)) return status;
    if (Date.now() > end) throw new Error(`waited in vain; the last status was ${JSON.stringify(status, null, 2)}`);
    await new Promise((resolve) => setTimeout(resolve, SHORT_WAIT_MS));
  }
}

/** Waits until this gate is open. @returns its token */
export async function openGate(handle: Handle, gate: string): Promise<string> {
  const status = await until(handle, (seen) => seen.gate?.gate === gate);
  return status.gate?.token ?? '';
}

/** Waits until this gate is open, and approves it. */
export async function approve(handle: Handle, gate: string, by = 'ann'): Promise<void> {
  const token = await openGate(handle, gate);
  await handle.signal('approve', { gate, token, by });
}

/** Plays the operator until the migration has ended. */
export async function approveAll(
  handle: Handle,
  gates = ['big-switch', 'drain:old-1', 'drain:old-2', 'teardown'],
): Promise<void> {
  for (const gate of gates) await approve(handle, gate);
}
