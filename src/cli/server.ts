import { status as grpc } from '@grpc/grpc-js';
import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import { TASK_QUEUE } from '../contract/names';
import { CliError, EXIT } from './exit';
import { namespaceProblem } from './explain';
import { findUi } from './ui';

/** How to reach the Temporal server, as far as it was said on the command line. */
export interface ConnectionFlags {
  address?: string;
  namespace?: string;
  profile?: string;
  tls?: boolean;
  tlsCaPath?: string;
  tlsCertPath?: string;
  tlsKeyPath?: string;
  tlsServerName?: string;
  ui?: string;
}

/** Milliseconds until a server that does not answer counts as not there. */
const CONNECT_TIMEOUT_MS = 5000;
/** gRPC would ask DNS for settings of the server as well, and for 14 seconds where no DNS server is reached. */
const CHANNEL_ARGS = { 'grpc.service_config_disable_resolution': 1 };
/** Milliseconds until a question to a running migration counts as unanswered. */
const ANSWER_TIMEOUT_MS = 15_000;
/** A poll lasts up to 70 s, so a worker that is there was seen within this many seconds. */
const POLLER_SECONDS = 120;

/** A Temporal server that commands talk to. */
export interface Server {
  client: Client;
  address: string;
  namespace: string;
  /** Address of its web UI, where it is known. */
  ui(): Promise<string | undefined>;
  /** Asks a question that a worker has to answer. @throws the gRPC error DEADLINE_EXCEEDED after so many ms, default 15 s */
  ask<T>(question: () => Promise<T>, timeoutMs?: number): Promise<T>;
  /** Whether a worker takes tasks from the task queue. */
  hasWorker(taskQueue?: string): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * The connection as every Temporal tool takes it, from the TOML profile and the environment, with the flags on top.
 * @throws CliError when the profile can't be read
 */
export function connectionOf(flags: ConnectionFlags, env: NodeJS.ProcessEnv) {
  try {
    const overrideEnvVars = Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const profile = loadClientConfigProfile({ profile: flags.profile, overrideEnvVars });
    const file = (path?: string) => (path === undefined ? undefined : { path });
    const ownTls =
      flags.tls ?? (flags.tlsCaPath ?? flags.tlsCertPath ?? flags.tlsKeyPath ?? flags.tlsServerName) !== undefined;
    const tls = ownTls
      ? {
          ...profile.tls,
          disabled: false,
          serverCACert: file(flags.tlsCaPath) ?? profile.tls?.serverCACert,
          clientCert: file(flags.tlsCertPath) ?? profile.tls?.clientCert,
          clientKey: file(flags.tlsKeyPath) ?? profile.tls?.clientKey,
          serverName: flags.tlsServerName ?? profile.tls?.serverName,
        }
      : profile.tls;
    const { connectionOptions, namespace } = toClientOptions({
      ...profile,
      address: flags.address ?? profile.address ?? '127.0.0.1:7233',
      namespace: flags.namespace ?? profile.namespace ?? 'default',
      tls,
    });
    return { connectionOptions, namespace: namespace ?? 'default', address: connectionOptions.address ?? '' };
  } catch (error) {
    throw new CliError(
      EXIT.USAGE,
      `The connection settings can't be used: ${(error as Error).message}`,
      'Check --profile, the --tls options and the TOML file that TEMPORAL_CONFIG_FILE names.',
      { cause: error },
    );
  }
}

/**
 * Connects, and asks the server for the namespace. What refuses the connection is told at once, and what is silent after
 * 5 s; a connection that is lost later is made again.
 * @throws CliError when the server can't be reached, refuses us, or has no such namespace
 */
export async function connectServer(flags: ConnectionFlags, env: NodeJS.ProcessEnv): Promise<Server> {
  const { connectionOptions, namespace, address } = connectionOf(flags, env);
  const usual = defaultGrpcRetryOptions();
  let reached = false;
  const retry = makeGrpcRetryInterceptor({
    ...usual,
    retryableDecider: (attempt, status) =>
      (reached || status.code !== grpc.UNAVAILABLE) && usual.retryableDecider(attempt, status),
  });
  // Not Connection.connect: it tries again and again until its time-out, also where nobody listens.
  const connection = Connection.lazy({ ...connectionOptions, channelArgs: CHANNEL_ARGS, interceptors: [retry] });
  try {
    await connection.withDeadline(Date.now() + CONNECT_TIMEOUT_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    reached = true;
  } catch (error) {
    await connection.close();
    throw namespaceProblem(address, namespace, error);
  }
  const client = new Client({ connection, namespace });
  return {
    client,
    address,
    namespace,
    ui: () => findUi(address, flags.ui ?? env.BIGSWITCH_UI),
    ask: (question, timeoutMs = ANSWER_TIMEOUT_MS) => connection.withDeadline(Date.now() + timeoutMs, question),
    hasWorker: (taskQueue = TASK_QUEUE) => hasWorker(client, namespace, taskQueue),
    close: () => connection.close(),
  };
}

async function hasWorker(client: Client, namespace: string, taskQueue: string): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: 1,
  });
  const seen = (pollers ?? []).map((poller) => Number(poller.lastAccessTime?.seconds ?? 0));
  return seen.some((seconds) => Date.now() / 1000 - seconds < POLLER_SECONDS);
}
