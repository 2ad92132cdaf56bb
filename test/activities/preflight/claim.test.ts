import { createClaimActivities } from '../../../src/activities/preflight/claim';
import type { Claim } from '../../../src/contract/claim';
import { FAILURES } from '../../../src/contract/failures';
import { simulatedWorld } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

const INPUT = { host: 'old-1', owner: 'bigswitch-shop', run: 'run-1' };

test('a host that is free is claimed, and given up again', async () => {
  const { deps, hosts } = simulatedWorld('joined');
  const { claimHost, releaseHost } = createClaimActivities(deps);
  await claimHost(INPUT);
  await claimHost(INPUT);
  expect(hosts.claims.get('old-1')).toMatchObject({ migration: 'shop', owner: 'bigswitch-shop', run: 'run-1' });
  await releaseHost(INPUT);
  expect(hosts.claims.size).toBe(0);
});

const others: [string, Claim][] = [
  ['another migration', { migration: 'other', owner: 'bigswitch-other', run: 'run-1' }],
  ['another run of the same workflow', { migration: 'shop', owner: 'bigswitch-shop', run: 'run-2' }],
  ['an older release', { migration: 'shop', owner: 'bigswitch-shop' }],
  ['nobody that is told', { migration: 'shop', owner: '' }],
  ['an answer that was cut', { migration: 'sho', owner: '' }],
];
test.each(others)('a host that is held by %s is not', async (_what, claim) => {
  const { deps, hosts } = simulatedWorld('joined');
  hosts.claims.set('old-1', claim);
  await expect(createClaimActivities(deps).claimHost(INPUT)).rejects.toMatchObject({
    type: FAILURES.PREFLIGHT_FAILED,
    nonRetryable: true,
  });
  expect(hosts.claims.get('old-1')).toEqual(claim);
});
