import { workflowInfo } from '@temporalio/workflow';
import { FAILURES } from '../../contract/failures';
import { allHosts, type HostRef } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { failureType, sentence } from '../run/failures';
import type { Migration } from '../run/migration';
import { onEach } from '../run/parallel';
import { preflightFailed } from './preflight';

/**
 * Makes every host this workflow's own, so that no other migration works on them: between preflight, which only looks, and
 * the first change. One host after the other, in an order that all plans share: of two runs that come at once, one gets
 * them all.
 * @throws ApplicationFailure PreflightFailed that names the migration which holds a host; then none is held by this run
 */
export async function claimHosts(m: Migration): Promise<void> {
  if (m.state.begun('bridge')) return;
  await claimEach(m);
}

/**
 * Makes every host this run's own that an earlier one may hold; what that has under way anywhere is refused from here on.
 * @param from whose claim is taken over, by host, as `ownerWord` names it
 * @throws ApplicationFailure PreflightFailed that names who holds a host, when somebody else came in between
 */
export async function takeHosts(m: Migration, from: ReadonlyMap<string, string>): Promise<void> {
  await claimEach(m, from);
}

async function claimEach(m: Migration, from?: ReadonlyMap<string, string>): Promise<void> {
  const { workflowId: owner, firstExecutionRunId: run } = workflowInfo();
  m.state.doing('makes the hosts its own');
  for (const host of claimOrder(m.plan)) {
    // A clean-up is the way back already.
    if (!from) m.control.throwIfTurned();
    // Noted before, so that a claim whose answer was lost is released too.
    m.state.set({ claimed: [...new Set([...m.state.data.claimed, host])] });
    try {
      const taken = from?.get(host);
      await m.world.claimHost({ host, owner, run, ...(taken !== undefined && { from: taken }) });
    } catch (error) {
      if (failureType(error) !== FAILURES.PREFLIGHT_FAILED) throw error;
      m.state.set({ claimed: m.state.data.claimed.filter((one) => one !== host) });
      // What was taken over has a record that is still to be put right.
      if (!from) await releaseHosts(m);
      throw preflightFailed([sentence(error)]);
    }
  }
}

/** Gives up every claim of this run; a claim of another one is never touched. */
export async function releaseHosts(m: Migration): Promise<void> {
  const { workflowId: owner, firstExecutionRunId: run } = workflowInfo();
  await m.control.insist('end the claims', () =>
    onEach(m.state.stillThere(m.state.data.claimed), (host) => m.world.releaseHost({ host, owner, run })),
  );
  m.state.set({ claimed: [] });
}

/**
 * By address, and the old hosts first: two plans for one cluster share these, so that the run which comes second meets the
 * first at once, before it has written anything anywhere.
 */
function claimOrder(plan: Plan): string[] {
  const place = ({ role, ssh }: HostRef) => `${role === 'old' ? 0 : 1} ${ssh.address}:${ssh.port}`;
  return allHosts(plan)
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
    .map(({ name }) => name);
}
