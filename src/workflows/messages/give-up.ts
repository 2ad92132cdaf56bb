import { CancellationScope } from '@temporalio/workflow';
import type { GivenUpHost } from '../../contract/activities';
import { allHosts, plannedNodes } from '../../plan/hosts';
import { whyNotWithout } from '../../plan/without';
import { sentence } from '../run/failures';
import type { Migration } from '../run/migration';
import { possible } from '../state/possible';
import { now } from '../state/state';
import type { Decision } from './decide';
import type { Message } from './messages';

/**
 * Gives a host up that is gone for good: from here on it is not in the plan, and nothing is asked of it. That of an old or new
 * one the cluster must do without is looked at first, whoever says so; what can't be seen is refused.
 */
export async function giveUp(m: Migration, message: Message<'giveUp'>): Promise<Decision> {
  const before = whyNot(m, message.host);
  if (before !== undefined) return { accepted: false, reason: before };
  const seen = await look(m, message.host);
  // While it was looked at, time went on.
  const why = whyNot(m, message.host) ?? seen.refusal;
  if (why !== undefined) return { accepted: false, reason: why };
  leaveOut(m, message);
  return { accepted: true, reason: seen.proven };
}

function whyNot({ state, plan }: Migration, host: string): string | undefined {
  const { data } = state;
  const earlier = data.givenUp?.find((one) => one.host === host);
  if (earlier) return `${host} is given up already, by ${earlier.by}`;
  const refusal = possible(state).giveUp ?? whyNotWithout(plan, host);
  if (refusal !== undefined) return refusal;
  if (data.draining !== host || data.drainRun === undefined) return undefined;
  return `${host} is being drained: that ends when its node holds nothing, also when it is gone; then say it again`;
}

async function look(m: Migration, host: string): Promise<{ proven?: string; refusal?: string }> {
  // Of an app a person knows more than anything that could be asked.
  if (!plannedNodes(m.plan).some((node) => node.host === host)) return {};
  try {
    const { proven } = await CancellationScope.nonCancellable(() => m.world.proveLost({ host }));
    return { proven };
  } catch (error) {
    return { refusal: sentence(error) };
  }
}

function leaveOut({ state }: Migration, { host, by, reason }: Message<'giveUp'>): void {
  const { data, plan } = state;
  const role = allHosts(plan).find(({ name }) => name === host)?.role ?? 'app';
  const node = plannedNodes(plan).find((one) => one.host === host);
  const gate = `drain:${host}` as const;
  const given: GivenUpHost = { host, role, by, reason, at: now(), ...(node && { nodeName: node.nodeName }) };
  const { [host]: _, ...owed } = data.owed ?? {};
  state.set({
    givenUp: [...(data.givenUp ?? []), given],
    // Whatever waits for it is tried again without it.
    blocked: undefined,
    ...(data.gate?.gate === gate && { gate: undefined }),
    ...(data.word?.gate === gate && { word: undefined }),
    ...(data.draining === host && { draining: undefined, leftOff: undefined, progress: undefined }),
    ...(data.owed && { owed }),
  });
}
