import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster, hasNoSuchApi } from '../client/ask';
import { TIER_PREFERENCE } from './roles';
import type { IndexSettings } from './settings';
import { flatSettings } from './templates';

/** What a phase of a lifecycle policy makes of an index, as far as it decides how many copies there are and where they lie. */
export interface LifecyclePhase {
  policy: string;
  /** `warm`, `cold` or `frozen`; an index in `hot` is as its template makes it. */
  phase: string;
  /** Flat keys, each with its `index.` prefix; a number of replicas only where the phase sets it. */
  settings: IndexSettings;
}

/** To which tiers a phase moves an index by itself: the first of which there is a node (`MigrateAction`). */
const MOVES: Record<string, string> = {
  warm: 'data_warm,data_hot',
  cold: 'data_cold,data_warm,data_hot',
  frozen: 'data_frozen',
};

const filters = z.record(z.string(), z.unknown()).optional();
const allocate = z.object({
  number_of_replicas: z.number().optional(),
  total_shards_per_node: z.number().optional(),
  include: filters,
  exclude: filters,
  require: filters,
});
const migrate = z.object({ enabled: z.boolean().default(true) });
const actions = z.object({ allocate: allocate.optional(), migrate: migrate.optional() });
const phases = z.record(z.string(), z.object({ actions: actions.default({}) }));
const policiesSchema = z.record(z.string(), z.object({ policy: z.object({ phases: phases.default({}) }) }));

/** The later phases of every lifecycle policy. None where the cluster has no lifecycle management. */
export async function readLifecycle(client: Client): Promise<LifecyclePhase[]> {
  const under = '*.policy.phases.*.';
  const query = { filter_path: ['min_age', 'actions.allocate', 'actions.migrate'].map((key) => under + key).join(',') };
  try {
    const policies = await askCluster(client, policiesSchema, { path: '/_ilm/policy', query });
    return Object.entries(policies).flatMap(([policy, one]) =>
      Object.entries(one.policy.phases)
        .filter(([phase]) => MOVES[phase] !== undefined)
        .map(([phase, { actions: does }]) => ({ policy, phase, settings: settingsOf(phase, does) })),
    );
  } catch (error) {
    if (hasNoSuchApi(error)) return [];
    throw error;
  }
}

function settingsOf(phase: string, does: z.output<typeof actions>): IndexSettings {
  const { number_of_replicas: replicas, total_shards_per_node: most, ...rules } = does.allocate ?? {};
  const places = flatSettings(rules, 'index.routing.allocation');
  // Of its own tiers only where it says nothing else: rules for attributes go before.
  const moves = Object.keys(places).length === 0 && (does.migrate?.enabled ?? true);
  return {
    ...places,
    ...(moves && { [TIER_PREFERENCE]: MOVES[phase] ?? '' }),
    ...(replicas !== undefined && { 'index.number_of_replicas': String(replicas) }),
    ...(most !== undefined && { 'index.routing.allocation.total_shards_per_node': String(most) }),
  };
}
