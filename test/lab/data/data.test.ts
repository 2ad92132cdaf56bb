import { bulkBody, generateDocument } from '../../../lab/data/generate';
import { createBody, documentCounts, indexShapes } from '../../../lab/data/shapes';

describe('indexShapes', () => {
  it('has the shapes that a migration must cope with', () => {
    const shapes = indexShapes(3);
    const named = (name: string) => shapes.find((shape) => shape.name === name);
    expect(shapes.length).toBeGreaterThanOrEqual(6);
    expect([...new Set(shapes.map(({ shards }) => shards))].sort()).toEqual([1, 2, 3, 5]);
    expect([...new Set(shapes.map(({ replicas }) => replicas))].sort()).toEqual([0, 1, 2]);
    expect(named('audit')?.settings).toEqual({ 'index.hidden': true });
    expect(named('orders-2025')?.aliases).toHaveProperty('orders-open.filter');
    expect(named('carts')).toMatchObject({
      shards: 2,
      replicas: 1,
      settings: { 'index.routing.allocation.total_shards_per_node': 2 },
    });
  });

  it.each([1, 2, 3, 5])('asks for no more copies than %d old nodes can hold', (nodes) => {
    for (const { replicas } of indexShapes(nodes)) expect(replicas).toBeLessThan(nodes);
  });

  it('shares out exactly the documents that were asked for', () => {
    for (const docs of [1_000, 20_000, 100_000, 123_457]) {
      const counts = documentCounts(indexShapes(3), docs);
      expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(docs);
    }
  });

  it('keeps the settings of a shape in the request', () => {
    const carts = indexShapes(3).find(({ name }) => name === 'carts');
    expect(carts && createBody(carts)).toMatchObject({
      settings: { 'index.number_of_shards': 2, 'index.routing.allocation.total_shards_per_node': 2 },
    });
  });
});

describe('generateDocument', () => {
  it('depends on its seed, index and number only', () => {
    expect(generateDocument('products', 7, 1)).toEqual(generateDocument('products', 7, 1));
    expect(generateDocument('products', 7, 1)).not.toEqual(generateDocument('products', 7, 2));
    expect(generateDocument('products', 7, 1)).not.toEqual(generateDocument('products', 8, 1));
  });

  it('is about half a kilobyte to one, and has no writeId', () => {
    const sizes = Array.from({ length: 500 }, (_, i) => JSON.stringify(generateDocument('events', i, 1)).length);
    expect(Math.min(...sizes)).toBeGreaterThan(450);
    expect(Math.max(...sizes)).toBeLessThan(1_100);
    expect(generateDocument('events', 1, 1)).not.toHaveProperty('writeId');
  });

  it('makes a bulk body of an action and a document for each number', () => {
    const lines = bulkBody('events', 3, 5, 1).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe('{"index":{"_id":"events-3"}}');
    expect(JSON.parse(lines[3] ?? '')).toMatchObject({ number: 4 });
  });
});
