import { esRequest } from '../es';
import { LIFE } from '../life/habits';

type Values = Record<string, string>;

/** What is set in a cluster, flat. */
export interface SettingsSeen {
  persistent: Values;
  transient: Values;
  /** Names of nodes that are kept from voting. */
  votingExclusions: string[];
  /** Settings by index. */
  indices: Record<string, Values>;
}

/** What says which index it is and where it came from, not how it is to be. */
const PROVENANCE = /^index\.(uuid|provided_name|creation_date|version\..*)$/;

/** Reads everything that is set in a cluster. @throws Error when the node doesn't tell */
export async function readSettings(endpoint: string): Promise<SettingsSeen> {
  const { persistent, transient } = await esRequest<{
    persistent: Record<string, unknown>;
    transient: Record<string, unknown>;
  }>(endpoint, 'GET', '/_cluster/settings?flat_settings=true');
  const state = await esRequest<{
    metadata?: { cluster_coordination?: { voting_config_exclusions?: { node_name?: string }[] } };
  }>(
    endpoint,
    'GET',
    '/_cluster/state/metadata?filter_path=cluster_name,metadata.cluster_coordination.voting_config_exclusions',
  );
  const indices = await esRequest<Record<string, { settings: Record<string, unknown> }>>(
    endpoint,
    'GET',
    '/_all/_settings?flat_settings=true&expand_wildcards=all',
  );
  const excluded = state.metadata?.cluster_coordination?.voting_config_exclusions ?? [];
  return {
    persistent: texts(persistent),
    transient: texts(transient),
    votingExclusions: excluded.map((one) => one.node_name ?? JSON.stringify(one)).sort(),
    indices: Object.fromEntries(
      Object.entries(indices)
        .filter(([name]) => !name.startsWith(LIFE))
        .map(([name, { settings }]) => [name, texts(settings)]),
    ),
  };
}

function texts(values: Record<string, unknown>): Values {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/**
 * What is set otherwise than before, each as `where: key: before → after`.
 * @param replicas what the plan asked for, by index: that must be so afterwards
 */
export function settingsLeft(before: SettingsSeen, after: SettingsSeen, replicas: Record<string, number>): string[] {
  const wanted = Object.fromEntries(
    Object.entries(before.indices).map(([name, values]) => {
      const asked = replicas[name];
      return [name, asked === undefined ? values : { ...values, 'index.number_of_replicas': String(asked) }];
    }),
  );
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(after.indices)])].sort();
  return [
    ...changed('persistent', before.persistent, after.persistent),
    ...changed('transient', before.transient, after.transient),
    ...changed('voting exclusions', asValues(before.votingExclusions), asValues(after.votingExclusions)),
    ...names.flatMap((name) => changed(`index ${name}`, wanted[name] ?? {}, after.indices[name] ?? {})),
  ];
}

const asValues = (names: string[]): Values => Object.fromEntries(names.map((name) => [name, 'there']));

function changed(where: string, was: Values, is: Values): string[] {
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((key) => was[key] !== is[key] && !PROVENANCE.test(key))
    .sort()
    .map((key) => `${where}: ${key}: ${was[key] ?? 'none'} → ${is[key] ?? 'none'}`);
}
