import { ApplicationFailure } from '@temporalio/common';
import { createRollbackActivities } from '../../../src/activities/rollback/activities';
import { FAILURES, HOST_UNREACHABLE } from '../../../src/contract/failures';
import { simulatedWorld, type World } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

describe('proveNewSideUnused', () => {
  const prove = ({ deps }: World, cutOff?: string[]) =>
    createRollbackActivities(deps).proveNewSideUnused({ host: 'new-2', cutOff });
  const says = (world: World, stdout: string) =>
    world.hosts.tell((host, script) => (host === 'new-2' && script.includes('ss -Htn') ? { stdout } : undefined));
  const TWO = '0 0 198.18.2.12:9243 198.18.1.202:4711\n0 0 198.18.2.12:9243 198.18.1.77:4711\n';

  test('names who is connected, and what a person types to cut them off; no retry brings that word', async () => {
    const world = simulatedWorld('switched');
    says(world, TWO);
    await expect(prove(world)).rejects.toMatchObject({
      type: FAILURES.PROOF_FAILED,
      nonRetryable: true,
      message: expect.stringMatching(
        /^new-2 is still in use: 198.18.1.202 \(app-2\), 198.18.1.77 connected;.* bigswitch resume shop --cut-off 198.18.1.202,198.18.1.77$/,
      ) as string,
    });
  });

  test('lets those be cut off whom a person has named, and nobody else', async () => {
    const world = simulatedWorld('switched');
    says(world, TWO);
    await expect(prove(world, ['198.18.1.77'])).rejects.toMatchObject({
      message: expect.stringMatching(/in use: 198.18.1.202 \(app-2\) connected;.*--cut-off 198.18.1.202$/) as string,
    });
    await expect(prove(world, ['198.18.1.77', '198.18.1.202'])).resolves.toMatchObject({
      proven: expect.stringContaining('198.18.1.202 (app-2), 198.18.1.77 may be cut off') as string,
    });
  });

  test('holds when only the cluster is connected', async () => {
    const world = simulatedWorld('switched');
    says(world, '0 0 198.18.2.12:9200 198.18.2.11:4711\n');
    await expect(prove(world)).resolves.toMatchObject({ facts: { cutOff: 0 } });
  });

  test('a host that can not be reached is unknown, and tried again', async () => {
    const world = simulatedWorld('switched');
    world.hosts.tell((host) => {
      if (host === 'new-2') throw ApplicationFailure.retryable('no route to host', HOST_UNREACHABLE);
      return undefined;
    });
    await expect(prove(world)).rejects.toMatchObject({ type: HOST_UNREACHABLE, nonRetryable: false });
  });

  test('does not hold with an answer that can not be understood', async () => {
    const world = simulatedWorld('switched');
    says(world, 'Error: whatever\n');
    await expect(prove(world)).rejects.toMatchObject({ type: FAILURES.PROOF_FAILED });
  });
});
