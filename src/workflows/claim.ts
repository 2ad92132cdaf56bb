import { workflowInfo } from '@temporalio/workflow';
import { FAILURES } from '../contract/failures';
import { allHosts } from '../plan/hosts';
import { failureType } from './failures';
import type { Migration } from './migration';

/**
 * Makes every host this workflow's own, so that no other migration works on them. One after the other, in an order that
 * all plans share: of two runs that come at once, one gets them all.
 * @throws ApplicationFailure PreflightFailed that names the migration which holds a host; then none is held by this run
 */
export async function claimHosts(m: Migration): Promise<void> {
  const { workflowId: owner } = workflowInfo();
  const place = ({ ssh }: { ssh: { address: string; port: number } }) => `${ssh.address}:${ssh.port}`;
  const hosts = allHosts(m.plan).sort((a, b) => (place(a) < place(b) ? -1 : 1));
  try {
    for (const { name: host } of hosts) {
      // Noted before, so that a claim whose answer was lost is released too.
      m.state.set({ claimed: [...new Set([...m.state.data.claimed, host])] });
      await m.world.claimHost({ host, owner });
    }
  } catch (error) {
    if (failureType(error) !== FAILURES.PREFLIGHT_FAILED) throw error;
    // Of the last one nothing is ours.
    m.state.set({ claimed: m.state.data.claimed.slice(0, -1) });
    await releaseHosts(m);
    throw error;
  }
}

/** Gives up every claim, while nothing else is recorded. */
export async function releaseHosts(m: Migration): Promise<void> {
  for (const host of m.state.data.claimed) await m.control.insist('end the claims', () => m.world.forgetHost({ host }));
  m.state.set({ claimed: [] });
}
