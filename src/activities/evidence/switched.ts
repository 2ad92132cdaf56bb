import type { Fact } from '../../contract/evidence';
import { TELLING_STEPS } from '../../contract/ledger';
import type { Scope } from '../../elasticsearch/scope';
import { hostRef } from '../../plan/hosts';
import { list } from '../../text/format';
import { onEvery } from '../every';

/** What the hosts of apps have recorded of the switch. */
export interface Switched {
  facts: Fact[];
  /** Apps of which the run does not know that they were switched. */
  switched: string[];
}

/**
 * Whether an app is switched without a word of this run, by the records on the hosts: a reset to before the word leaves it so, and the
 * run knows nothing of it.
 * @param known apps that the run has switched itself
 */
export async function lookAtSwitched(scope: Scope, known: string[]): Promise<Switched> {
  const name = 'no app is switched without this word';
  try {
    const look = async ({ name: host }: { name: string }) => {
      const { steps } = await scope.hosts.recorded(hostRef(scope.plan, host));
      return steps.some(({ step }) => step === TELLING_STEPS.APP_SWITCHED) ? [host] : [];
    };
    const there = (await onEvery(scope.plan.hosts.apps, look)).flat();
    const switched = there.filter((host) => !known.includes(host));
    const seen =
      switched.length > 0
        ? `${list(switched)} ${switched.length === 1 ? 'has' : 'have'} a record of the switch, which this run has not made: before the next look, in a minute, the apps are taken back`
        : known.length > 0
          ? `${list(known)} by this word, and no other`
          : 'no host has a record of it';
    return { facts: [{ name, ok: switched.length === 0, seen }], switched };
  } catch (error) {
    return { facts: [{ name, ok: false, seen: `could not be seen: ${(error as Error).message}` }], switched: [] };
  }
}
