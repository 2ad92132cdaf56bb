import { jobChecks } from '../../../../src/activities/preflight/cluster/jobs';
import { simulatedWorld, type World } from '../../../support/cluster/world';

const failed = async (change: (world: World) => void) => {
  const world = simulatedWorld('joined');
  change(world);
  const checks = await jobChecks(world.cluster.access.via('old-1'));
  return checks.flatMap(({ name, subject, result, seen }) =>
    result === 'failed' ? [`${name}:${subject} ${seen}`] : [],
  );
};

test('holds while no job holds shards where they are', async () => {
  expect(await failed(() => undefined)).toEqual([]);
});

test('finds a shrink, of a hidden index too', async () => {
  const shrinks = ({ cluster }: World) => {
    Object.assign(cluster.beforehand.shrinking, {
      'logs-1': { step: 'shrink' },
      '.logs-2': { step: 'check-shrink-allocation', hidden: true },
      'logs-3': { step: 'complete' },
    });
  };
  expect(await failed(shrinks)).toEqual([
    'lifecycle:logs-1 it is being shrunk (shrink)',
    'lifecycle:.logs-2 it is being shrunk (check-shrink-allocation)',
  ]);
});

test('finds a snapshot that is being taken', async () => {
  const saving = { snapshot: 'nightly-7', repository: 'backup', state: 'STARTED', indices: {} };
  expect(await failed(({ cluster }) => void cluster.beforehand.snapshots.push(saving))).toEqual([
    'snapshots:nightly-7 a snapshot is being taken (STARTED)',
  ]);
});
