/**
 * Whether the worker in this container works: exits 0 only when the Temporal server says that this very container polled
 * the task queue for workflows and for activities within the last two minutes.
 */
const { hostname } = require('node:os');
const { Client, Connection } = require('@temporalio/client');
const { loadClientConnectConfig } = require('@temporalio/envconfig');

const TASK_QUEUE = 'bigswitch';
/** A poll lasts up to 70 s, so an idle worker is seen at least that often. */
const MAX_AGE_SECONDS = 120;
/** gRPC would ask DNS for settings of the server as well, and for 14 seconds where no DNS server is reached. */
const CHANNEL_ARGS = { 'grpc.service_config_disable_resolution': 1 };

async function main() {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = await Connection.connect({
    ...connectionOptions,
    connectTimeout: 5000,
    channelArgs: CHANNEL_ARGS,
  });
  try {
    const client = new Client({ connection, namespace });
    for (const [name, taskQueueType] of [
      ['workflows', 1],
      ['activities', 2],
    ]) {
      const { pollers } = await client.workflowService.describeTaskQueue({
        namespace: namespace ?? 'default',
        taskQueue: { name: TASK_QUEUE },
        taskQueueType,
      });
      const alive = (pollers ?? []).some(
        (poller) =>
          poller.identity?.includes(`@${hostname()}`) &&
          Date.now() / 1000 - Number(poller.lastAccessTime?.seconds ?? 0) < MAX_AGE_SECONDS,
      );
      if (!alive) throw new Error(`this worker does not poll the task queue "${TASK_QUEUE}" for ${name}`);
    }
  } finally {
    await connection.close();
  }
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
