import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { TASK_QUEUE } from '../client';
import { SEARCH_ATTRIBUTE_NAMES } from '../contract/search-attributes';

/** Where a dev server listens, on loopback, and what it keeps. */
export interface DevServerPlace {
  /** For its database. */
  folder: string;
  port: number;
  /** Of its UI; none, no UI. */
  uiPort?: number;
}

/** File of its database. */
export const DATABASE = 'temporal.db';

/**
 * A history shard looks for new tasks at most 20 times a second unless told otherwise, and a dev server has one shard: each
 * activity then waits 50 ms for its turn once a few have run. Two migrations of 2,400 looks each took 342 s side by side, and
 * 111 s with this.
 */
export const FAST_DISPATCH = 'history.transferProcessorMaxPollRPS=1000';

/**
 * A dev server can't be told to have no HTTP API, which takes messages from any web page that finds its port: whatever says that
 * it is JSON or plain text, without a password. It serves names of this list alone, and no request can name a blank; an empty list
 * would serve those that name nothing. What is beside it, Nexus, is off.
 */
export const NO_HTTP = ['frontend.httpAllowedHosts=[" "]', 'system.enableNexus=false'];

/**
 * Arguments for the `temporal` program: a dev server on loopback with its database in a file, the UI, and our search attributes.
 * @see https://docs.temporal.io/cli/server#start-dev
 */
export function devServerArgs({ folder, port, uiPort }: DevServerPlace): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...['--db-filename', join(folder, DATABASE), '--log-level', 'warn'],
    ...[FAST_DISPATCH, ...NO_HTTP].flatMap((value) => ['--dynamic-config-value', value]),
    ...SEARCH_ATTRIBUTE_NAMES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ];
}

/**
 * Whether this very process takes workflow tasks. The server remembers pollers for minutes: one that was killed must not be
 * taken for it.
 * @throws the error of a server that does not answer
 */
export async function workerPolls({ workflowService }: Client, pid: number): Promise<boolean> {
  const { pollers } = await workflowService.describeTaskQueue({
    namespace: 'default',
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: 1,
  });
  return (pollers ?? []).some(({ identity }) => identity?.startsWith(`${pid}@`));
}
