import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster } from '../client/ask';
import { matchesAny } from './filters';
import type { IndexSettings } from './settings';

/** What a template makes of an index, as far as it decides how many copies there are and where they lie. */
export interface IndexTemplate {
  name: string;
  /** A legacy one counts only where no composable one matches. */
  legacy: boolean;
  /** Names of indices, in which `*` stands for anything. */
  patterns: string[];
  /** Of the composable ones that match, the one with the highest alone counts. */
  priority: number;
  /** Whether it makes data streams. */
  dataStream: boolean;
  /** Flat keys, each with its `index.` prefix; those of its component templates included. */
  settings: IndexSettings;
}

/** A template may hold megabytes of mappings and synonyms: only these settings are asked for. */
const ASKED = ['number_of_shards', 'number_of_replicas', 'auto_expand_replicas', 'routing.allocation'];
const asked = (template: string) => ASKED.map((key) => `${template}settings.index.${key}`);

const settings = z.record(z.string(), z.unknown()).optional();
const content = z.object({ settings }).optional();
const componentsSchema = z.object({
  component_templates: z
    .array(z.object({ name: z.string(), component_template: z.object({ template: content }).optional() }))
    .default([]),
});
const composablesSchema = z.object({
  index_templates: z
    .array(
      z.object({
        name: z.string(),
        index_template: z.object({
          index_patterns: z.array(z.string()),
          composed_of: z.array(z.string()).default([]),
          priority: z.number().default(0),
          data_stream: z.unknown().optional(),
          template: content,
        }),
      }),
    )
    .default([]),
});
const legacySchema = z.record(z.string(), z.object({ index_patterns: z.array(z.string()), settings }));

/** Every template from which an index may be made, without those that another one hides for each name. */
export async function readTemplates(client: Client): Promise<IndexTemplate[]> {
  const get = <T>(schema: z.ZodType<T>, path: string, parts: string[]) =>
    askCluster(client, schema, { path, query: { filter_path: parts.join(',') } });
  const under = 'index_templates.index_template.';
  const component = 'component_templates.component_template.template.';
  const head = ['index_patterns', 'composed_of', 'priority', 'data_stream'].map((key) => under + key);
  const [{ component_templates }, { index_templates }, legacy] = await Promise.all([
    get(componentsSchema, '/_component_template', ['component_templates.name', ...asked(component)]),
    get(composablesSchema, '/_index_template', ['index_templates.name', ...head, ...asked(`${under}template.`)]),
    get(legacySchema, '/_template', ['*.index_patterns', ...asked('*.')]),
  ]);
  const parts = new Map(
    component_templates.map((one) => [one.name, flatSettings(one.component_template?.template?.settings)]),
  );
  const composables = index_templates.map(({ name, index_template: one }): IndexTemplate => {
    const composed = one.composed_of.map((part) => parts.get(part) ?? {});
    const own = flatSettings(one.template?.settings);
    return {
      ...{ name, legacy: false, patterns: one.index_patterns, priority: one.priority },
      dataStream: one.data_stream !== undefined,
      settings: Object.assign({}, ...composed, own) as IndexSettings,
    };
  });
  const older = Object.entries(legacy).map(([name, one]): IndexTemplate => {
    const rest = { patterns: one.index_patterns, priority: 0, dataStream: false };
    return { name, legacy: true, ...rest, settings: flatSettings(one.settings) };
  });
  return [...composables, ...older].filter((one) => !isHidden(one, composables));
}

/** Whether composable templates that go before it match every name that it matches. */
function isHidden({ legacy, patterns, priority }: IndexTemplate, composables: IndexTemplate[]): boolean {
  const before = composables.filter((other) => legacy || other.priority > priority);
  return patterns.every((pattern) =>
    before.some((other) => other.patterns.some((wider) => matchesAny(wider, pattern))),
  );
}

/** Settings as the API nests them, with flat keys. */
export function flatSettings(nested: unknown, prefix = ''): IndexSettings {
  if (nested === null || nested === undefined) return {};
  if (Array.isArray(nested)) return { [prefix]: nested.map(String) };
  if (typeof nested !== 'object') return { [prefix]: `${nested as string | number | boolean}` };
  const parts = Object.entries(nested).map(([key, value]) => flatSettings(value, prefix ? `${prefix}.${key}` : key));
  return Object.assign({}, ...parts) as IndexSettings;
}
