import type { Client } from '@temporalio/client';

/** For a server on which the history of a run is long soon. */
export const SHORT_HISTORY = ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=60'];

/** Makes the history of a run long, as the watch does in days, by what is heard and not believed. */
export async function lengthen(client: Client, workflowId: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  for (let i = 0; i < 80; i += 1) await handle.signal('tried', 'junk');
}

/** Makes the history of a run long until it goes on in a new one. */
export async function untilNewRun(client: Client, workflowId: string, act = async () => {}): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  const runId = async () => (await handle.describe()).runId;
  const before = await runId();
  await lengthen(client, workflowId);
  await act();
  while ((await runId()) === before) await new Promise((resolve) => setTimeout(resolve, 10));
}
