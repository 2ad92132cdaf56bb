import { dryRun } from '../../src/dry-run';
import type { DryRun } from '../../src/contract/dry-run';
import { MIB, NO_PROBLEMS, shop, shopState } from './world';

describe('a dry run', () => {
  let result: DryRun;
  const world = shop();

  beforeAll(async () => {
    result = await dryRun(world.deps, NO_PROBLEMS);
  });

  it('dump', () => {
    require('fs').writeFileSync('/tmp/dr.json', JSON.stringify(result, null, 1));
    console.log(JSON.stringify(result.unknown, null, 1));
    console.log(MIB, shopState().clusterName);
  });
});
