import { ApplicationFailure } from '@temporalio/common';
import type { Audit } from '../../src/contract/messages';
import { FakeWorld, told } from './support/fake-world';
import { approve, openGate, startLab, timeSkippingServer, withMigration } from './support/lab';
import { planInput } from './support/plan';

test('a dead receiver is tried for an hour, then given up and kept in the audit; the others are told once', async () => {
  const input = planInput({
    notify: {
      webhooks: [
        { name: 'chat', url: 'env:CHAT' },
        { name: 'dead', url: 'env:DEAD', on: ['gate-opened'] },
      ],
    },
  });
  const world = new FakeWorld(input);
  world.receive = async ({ receiver }) => {
    if (receiver.name === 'dead') throw ApplicationFailure.retryable("the receiver can't be reached", 'NotDelivered');
  };
  const lab = await startLab(timeSkippingServer());
  const { env } = lab;
  await withMigration(lab, { world, input }, async (handle) => {
    await openGate(handle, 'big-switch');
    await env.sleep('2 hours');
    const audit = (await handle.query<Audit>('audit')).filter(({ kind }) => kind === 'notify');
    expect(audit.map(({ note, reason }) => `${note}: ${reason}`)).toEqual([
      "dead was not told: gate-opened: the receiver can't be reached",
    ]);
    const attempts = world.notices.filter(({ receiver }) => receiver.name === 'dead');
    expect(attempts.length).toBeGreaterThan(10);
    expect(new Set(attempts.map(({ notice }) => notice.id)).size).toBe(1);
    expect(world.notices.filter(({ receiver }) => receiver.name === 'chat')).toHaveLength(told(world).length);
    await approve(handle, 'big-switch');
    await openGate(handle, 'drain:old-1');
  }).finally(() => lab.close());
});
