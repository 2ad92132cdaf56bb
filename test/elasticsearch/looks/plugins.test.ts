import type { Client } from '@elastic/elasticsearch';
import { readPlugins } from '../../../src/elasticsearch/looks/plugins';

const client = (answer: unknown) => ({ transport: { request: async () => answer } }) as unknown as Client;
const node = (name: string, ...plugins: unknown[]) => ({ name, plugins, modules: [{ name: 'x-pack-core' }] });

it('tells plugins and no modules, by node', async () => {
  const icu = { name: 'analysis-icu', version: '7.17.28', elasticsearch_version: '7.17.28', classname: 'x' };
  const answer = { _nodes: { total: 2, failed: 0 }, nodes: { b: node('old-2'), a: node('old-1', icu) } };
  await expect(readPlugins(client(answer))).resolves.toEqual([
    { node: 'old-1', plugins: [{ name: 'analysis-icu', version: '7.17.28' }] },
    { node: 'old-2', plugins: [] },
  ]);
});

it('is an error where a node did not answer, or the answer says nothing of plugins', async () => {
  const failed = { _nodes: { total: 2, failed: 1 }, nodes: { a: node('old-1') } };
  await expect(readPlugins(client(failed))).rejects.toThrow('1 of 2 nodes did not answer');
  const bare = { _nodes: { total: 1, failed: 0 }, nodes: { a: { name: 'old-1' } } };
  await expect(readPlugins(client(bare))).rejects.toThrow("can't be understood");
});
