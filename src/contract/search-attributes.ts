import { defineSearchAttributeKey } from '@temporalio/common';

/** What migrations are found by in Temporal's lists: cluster, phase and open gate. All are keywords. */
export const SEARCH_ATTRIBUTES = {
  cluster: defineSearchAttributeKey('BigswitchCluster', 'KEYWORD'),
  phase: defineSearchAttributeKey('BigswitchPhase', 'KEYWORD'),
  gate: defineSearchAttributeKey('BigswitchGate', 'KEYWORD'),
} as const;

/** Their names. */
export const SEARCH_ATTRIBUTE_NAMES = Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name);

/** The command that registers what is missing, ready to copy. */
export function registerCommand(missing: readonly string[], namespace: string): string {
  const names = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
  return `temporal operator search-attribute create --namespace ${namespace} ${names}`;
}
