import { withoutEnd } from './text/format';
import { TASK_QUEUE, workflowIdOf } from './contract/names';

/**
 * Address of the form of Temporal's UI that starts a migration, filled in but for the plan.
 * @param ui where the UI is, for example `http://127.0.0.1:8080`
 * @param name `name` of the plan
 */
export function startLink(ui: string, name: string, namespace = 'default'): string {
  const link = new URL(`${namespaceLink(ui, namespace)}/start-workflow`);
  link.searchParams.set('taskQueue', TASK_QUEUE);
  link.searchParams.set('workflowType', 'migrateCluster');
  link.searchParams.set('workflowId', workflowIdOf(name));
  return link.href;
}

/**
 * Address at which Temporal's UI shows a migration.
 * @param runId which of its runs; default: the open one, or its last
 */
export function runLink(ui: string, workflowId: string, namespace = 'default', runId?: string): string {
  const run = runId === undefined ? '' : `/${encodeURIComponent(runId)}/history`;
  return `${namespaceLink(ui, namespace)}/${encodeURIComponent(workflowId)}${run}`;
}

/**
 * Where this worker's people find Temporal's UI, by `BIGSWITCH_UI`; undefined when it does not say.
 * @throws Error when it is no http or https address
 */
export function uiAddress(env: NodeJS.ProcessEnv): string | undefined {
  const { BIGSWITCH_UI: ui } = env;
  if (!ui) return undefined;
  if (URL.canParse(ui) && /^https?:$/.test(new URL(ui).protocol)) return ui;
  throw new Error(`BIGSWITCH_UI is "${ui}"; use the address of Temporal's UI, such as http://127.0.0.1:8080`);
}

function namespaceLink(ui: string, namespace: string): string {
  return `${withoutEnd(ui, '/')}/namespaces/${encodeURIComponent(namespace)}/workflows`;
}
