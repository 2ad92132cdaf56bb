/** Task queue that workers and starters share. */
export const TASK_QUEUE = 'bigswitch';

/** Id of the workflow of a migration. */
export function workflowIdOf(name: string): string {
  return `bigswitch-${name}`;
}
