import { readdirSync } from 'node:fs';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker, type ReplayResult } from '@temporalio/worker';
import { bundleWorkflows, PAYLOAD_CONVERTER_PATH } from '../../src/bundle-workflows';
import { workflowBundle } from '../workflows/support/lab';
import { HISTORIES, readHistory } from './history';

const NAMES = readdirSync(HISTORIES)
  .map((file) => file.replace(/\.json$/, ''))
  .sort();

async function replay(workflowBundle: { code: string }, names: string[]): Promise<ReplayResult[]> {
  const histories = names.map((name) => ({ workflowId: `bigswitch-${name}`, history: readHistory(name) }));
  const options = { workflowBundle, dataConverter: { payloadConverterPath: PAYLOAD_CONVERTER_PATH } };
  const results: ReplayResult[] = [];
  for await (const result of Worker.runReplayHistories(options, histories)) results.push(result);
  return results;
}

test('every recorded way through the story replays with the workflows of today', async () => {
  expect(NAMES).toEqual(['cancelled', 'drain-node', 'held-up', 'migrated', 'refused', 'rolled-back']);
  const results = await replay(await workflowBundle(), NAMES);
  const problems = results.flatMap(({ workflowId, error }) => (error ? [`${workflowId}: ${error.message}`] : []));
  expect(problems).toEqual([]);
  expect(results).toHaveLength(NAMES.length);
});

test('a change that old runs can not follow is found', async () => {
  const broken = await bundleWorkflows(require.resolve('./broken-workflows'));
  const [result] = await replay(broken, ['migrated']);
  expect(result?.error).toBeInstanceOf(DeterminismViolationError);
});
