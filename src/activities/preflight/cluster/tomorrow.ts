import type { Client } from '@elastic/elasticsearch';
import type { Check } from '../../../contract/evidence';
import { keepsOut } from '../../../elasticsearch/settings/filters';
import { readLifecycle, type LifecyclePhase } from '../../../elasticsearch/settings/lifecycle';
import { placesFor, preferredTiers, TIER_PREFERENCE, tierInUse } from '../../../elasticsearch/settings/roles';
import { leastReplicas, numberSetting, type IndexInfo } from '../../../elasticsearch/settings/settings';
import { readTemplates, type IndexTemplate } from '../../../elasticsearch/settings/templates';
import { failed, judged, warned } from '../check';
import { mostCopies } from './indices';
import type { NodeKind, Sides } from './node-kinds';
import { list } from '../../../text/format';

/** An index that is made, or goes into a phase, while nobody looks. */
interface Tomorrow {
  /** Of the template or the policy, as in `waive`. */
  subject: string;
  /** What the sentence begins with. */
  what: string;
  index: IndexInfo;
  copies: number;
  /** Where what it asks for is changed. */
  where: string;
}

/**
 * Whether the new nodes can take what is made tomorrow: indices from templates, and those that a lifecycle policy sends on. The plan
 * mends the indices of today only, and one that is made between a gate and a drain would stay on the old side for good.
 *
 * Each template and each phase is looked at by itself, and only what the old side could take is a failed check: what it could not
 * take either is no loss, though it would not leave the old side.
 */
export async function tomorrowChecks(client: Client, sides: Sides): Promise<Check[]> {
  const [templates, phases] = await Promise.all([readTemplates(client), readLifecycle(client)]);
  return [
    ...checksOf('templates', templates.map(ofTemplate), sides, 'the new nodes can take what any template makes'),
    ...checksOf('lifecycle-phases', phases.map(ofPhase), sides, 'the new nodes can take each phase of every policy'),
  ];
}

function ofTemplate({ name, legacy, dataStream, settings }: IndexTemplate): Tomorrow {
  const index = { name, open: true, settings: { ...defaultTier(settings, dataStream), ...settings } };
  const replicas = leastReplicas(index) ?? numberSetting(index, 'index.number_of_replicas') ?? 1;
  const where = legacy ? `the template (GET /_template/${name})` : `the template or its components`;
  return { subject: name, what: 'an index made from it', index, copies: 1 + replicas, where };
}

/** Where Elasticsearch puts a new index by itself, unless it is told where (`DataTier.DefaultHotAllocationSettingProvider`). */
function defaultTier(settings: Record<string, unknown>, dataStream: boolean): Record<string, string> {
  const isTold = Object.keys(settings).some((key) =>
    /^index\.routing\.allocation\.(include|exclude|require)\./.test(key),
  );
  return isTold ? {} : { [TIER_PREFERENCE]: dataStream ? 'data_hot' : 'data_content' };
}

function ofPhase({ policy, phase, settings }: LifecyclePhase): Tomorrow {
  const index = { name: policy, open: true, settings };
  // An index whose phase does not say how many is judged as it is today, or by its template.
  const copies = 1 + (numberSetting(index, 'index.number_of_replicas') ?? 0);
  const where = `phase ${phase} of the policy`;
  return { subject: policy, what: `an index that comes into its phase ${phase}`, index, copies, where };
}

function checksOf(name: string, all: Tomorrow[], { old, fresh }: Sides, seen: string): Check[] {
  const wrong = all.filter((one) => !fits(one, fresh));
  const lost = wrong.filter((one) => fits(one, old)).map((one) => lostCheck(name, one, fresh));
  const held = wrong.filter((one) => !fits(one, old) && fits(one, [...old, ...fresh]));
  return judged(name, held.length > 0 ? [...lost, heldCheck(name, held)] : lost, seen);
}

function fits({ index, copies }: Tomorrow, nodes: NodeKind[]): boolean {
  return copies <= mostCopies(index, homes(index, nodes).length).most;
}

/** Those of some nodes on which it may lie where there are no others. */
function homes({ settings }: IndexInfo, nodes: NodeKind[]): NodeKind[] {
  const isNowhere = preferredTiers(settings).length > 0 && tierInUse(settings, nodes) === undefined;
  const places = isNowhere ? [] : placesFor(settings, nodes);
  return places.filter(({ attributes }) => keepsOut(settings, attributes) === undefined);
}

function lostCheck(name: string, { subject, what, index, copies, where }: Tomorrow, fresh: NodeKind[]): Check {
  const places = homes(index, fresh).length;
  const waive = 'or waive this check if no such index comes';
  if (places === 0) {
    const [filter] = placesFor(index.settings, fresh).flatMap((one) => keepsOut(index.settings, one.attributes) ?? []);
    const asks = filter ?? `${TIER_PREFERENCE}: ${preferredTiers(index.settings).join(',')}`;
    const remedy = `give new hosts what it asks for (node.roles or node.attr.* in elasticsearch.yml of each), or change it in ${where}; ${waive}`;
    return failed(name, subject, `${what} may lie on no new node (${asks})`, remedy);
  }
  const { most, limit, shards } = mostCopies(index, places);
  const bound = most < places ? `, with total_shards_per_node ${limit} and ${shards} shards` : '';
  const seen = `${what} has ${copies} copies of each shard; there are ${places} new nodes that may hold them${bound}`;
  const less =
    most > 0 ? `set number_of_replicas in ${where} to ${most - 1}` : `raise total_shards_per_node in ${where}`;
  return failed(name, subject, seen, `${less}, or add new hosts; ${waive}`);
}

function heldCheck(name: string, held: Tomorrow[]): Check {
  const subjects = [...new Set(held.map(({ subject }) => subject))];
  const seen = `${list(subjects)} ask for more than either side can hold alone: what comes of them during the migration could not leave the old nodes`;
  return warned(
    name,
    '',
    seen,
    'lower number_of_replicas in them, or let nothing come of them until the migration is over',
  );
}
