/** One index of the lab's data and what is special about it. */
export interface IndexShape {
  name: string;
  shards: number;
  replicas: number;
  /** Part of all documents, 0 to 1. */
  share: number;
  /** Further index settings. */
  settings?: Record<string, unknown>;
  /** Aliases, as the create-index API takes them. */
  aliases?: Record<string, unknown>;
}

const MAPPINGS = {
  dynamic: 'true',
  properties: {
    writeId: { type: 'keyword' },
    host: { type: 'keyword' },
    status: { type: 'keyword' },
    category: { type: 'keyword' },
    at: { type: 'date' },
    total: { type: 'integer' },
    number: { type: 'integer' },
  },
};

/**
 * The indices of the lab, each of another shape.
 * @param oldNodes how many nodes must be able to hold every copy, so that the cluster starts green
 */
export function indexShapes(oldNodes: number): IndexShape[] {
  const replicas = (wanted: number) => Math.min(wanted, oldNodes - 1);
  return [
    { name: 'products', shards: 3, replicas: replicas(1), share: 0.3 },
    {
      name: 'orders-2024',
      shards: 2,
      replicas: replicas(1),
      share: 0.2,
      aliases: { orders: { is_write_index: false } },
    },
    {
      name: 'orders-2025',
      shards: 2,
      replicas: replicas(1),
      share: 0.1,
      aliases: { orders: { is_write_index: true }, 'orders-open': { filter: { term: { status: 'open' } } } },
    },
    { name: 'customers', shards: 5, replicas: replicas(2), share: 0.15 },
    { name: 'events', shards: 1, replicas: replicas(1), share: 0.1 },
    { name: 'sessions', shards: 1, replicas: 0, share: 0.05 },
    { name: 'audit', shards: 1, replicas: replicas(1), share: 0.05, settings: { 'index.hidden': true } },
    {
      name: 'carts',
      shards: 2,
      replicas: replicas(1),
      share: 0.05,
      settings: { 'index.routing.allocation.total_shards_per_node': 2 },
    },
  ];
}

/** Body of the request that creates an index; copies are added once it is loaded, which is faster. */
export function createBody(shape: IndexShape): Record<string, unknown> {
  return {
    settings: {
      'index.number_of_shards': shape.shards,
      'index.number_of_replicas': 0,
      'index.refresh_interval': '-1',
      ...shape.settings,
    },
    mappings: MAPPINGS,
    ...(shape.aliases ? { aliases: shape.aliases } : {}),
  };
}

/** How many documents each index gets; together exactly `docs`. */
export function documentCounts(shapes: IndexShape[], docs: number): Map<string, number> {
  const counts = new Map(shapes.map(({ name, share }) => [name, Math.floor(docs * share)]));
  const [first] = shapes;
  const rest = docs - [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (first) counts.set(first.name, (counts.get(first.name) ?? 0) + rest);
  return counts;
}
