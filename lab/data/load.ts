import pMap from 'p-map';
import { esRequest } from '../es';
import { bulkBody } from './generate';
import { setOthersSettings } from './others';
import { createBody, documentCounts, indexShapes, type IndexShape } from './shapes';

const BATCH = 2_000;
/** What the lab's documents are made of. */
export const SEED = 20_240_101;

/** Where and what to load. */
export interface LoadOptions {
  /** Base URLs of the old nodes. */
  endpoints: string[];
  oldNodes: number;
  docs: number;
  /** Further settings, by index. */
  indexSettings?: Record<string, Record<string, unknown>>;
  signal?: AbortSignal;
}

/**
 * Creates the lab's indices on the old cluster and fills them, and sets what others would have set; ends when the cluster is green
 * with every document.
 * @throws Error when a document is refused, a count is wrong, or the cluster is not green in two minutes
 */
export async function loadData({ endpoints, oldNodes, docs, indexSettings = {}, signal }: LoadOptions): Promise<void> {
  const shapes = indexShapes(oldNodes).map((shape) => {
    return { ...shape, settings: { ...shape.settings, ...indexSettings[shape.name] } };
  });
  const counts = documentCounts(shapes, docs);
  const endpoint = (number: number) => endpoints[number % endpoints.length] ?? '';
  await pMap(
    shapes,
    (shape, i) => esRequest(endpoint(i), 'PUT', `/${shape.name}`, { body: createBody(shape), signal }),
    {
      concurrency: 4,
    },
  );
  const batches = shapes.flatMap(({ name }) => {
    const total = counts.get(name) ?? 0;
    return Array.from({ length: Math.ceil(total / BATCH) }, (_, i) => ({
      name,
      from: i * BATCH,
      to: Math.min(total, (i + 1) * BATCH),
    }));
  });
  await pMap(
    batches,
    async ({ name, from, to }, i) => {
      const answer = await esRequest<{ errors: boolean }>(
        endpoint(i),
        'POST',
        `/${name}/_bulk?filter_path=errors,items.*.error.reason`,
        { body: bulkBody(name, from, to, SEED), signal },
      );
      if (answer.errors !== false) throw new Error(`documents of ${name} were refused: ${JSON.stringify(answer)}`);
    },
    { concurrency: 4 },
  );
  await pMap(shapes, (shape) => addCopies(endpoint(0), shape, signal), { concurrency: 4 });
  await esRequest(endpoint(0), 'POST', '/_all/_flush?expand_wildcards=all', { signal });
  await waitGreen(endpoint(0), signal);
  await setOthersSettings(endpoint(0), signal);
  for (const { name } of shapes) {
    const { count } = await esRequest<{ count: number }>(endpoint(0), 'GET', `/${name}/_count`, { signal });
    if (count !== counts.get(name)) throw new Error(`${name} has ${count} documents instead of ${counts.get(name)}`);
  }
}

async function addCopies(endpoint: string, shape: IndexShape, signal?: AbortSignal): Promise<void> {
  await esRequest(endpoint, 'POST', `/${shape.name}/_refresh`, { signal });
  const body = { 'index.number_of_replicas': shape.replicas, 'index.refresh_interval': null };
  await esRequest(endpoint, 'PUT', `/${shape.name}/_settings`, { body, signal });
}

async function waitGreen(endpoint: string, signal?: AbortSignal): Promise<void> {
  const path =
    '/_cluster/health?wait_for_status=green&wait_for_no_relocating_shards=true&wait_for_no_initializing_shards=true' +
    '&wait_for_events=languid&timeout=120s&expand_wildcards=all';
  const health = await esRequest<{ status: string; timed_out: boolean }>(endpoint, 'GET', path, {
    signal,
    timeoutMs: 130_000,
  });
  if (health.status !== 'green' || health.timed_out !== false) {
    throw new Error(`the old cluster is ${health.status} two minutes after loading; see scripts/lab ssh old-1`);
  }
}
