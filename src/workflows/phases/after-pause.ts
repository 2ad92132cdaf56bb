import { ApplicationFailure, patched } from '@temporalio/workflow';
import { failing, fallen } from '../../contract/evidence';
import { list } from '../../text/format';
import { gather } from '../gate/evidence';
import { failureType } from '../run/failures';
import type { Migration } from '../run/migration';
import { isHeld } from '../state/holds';
import { appsOnBothSides } from '../state/sides';

/** Change of the order of commands: runs that were begun before it go on after a pause of any length. */
const PROVES = 'a-long-pause-in-the-switch-is-proved';

const NOT_ANY_MORE = 'NotAnyMore';

/** Whether a batch was not begun as the evidence held no more: no app of it was touched. */
export function isNotAnyMore(error: unknown): boolean {
  return failureType(error) === NOT_ANY_MORE;
}

/**
 * What is asked before each batch of the switch: a pause ends it there, and when the word has become too old meanwhile, its evidence
 * is proved once more. From a call of this on it counts as proved.
 */
export function provedAfterPause(m: Migration): () => Promise<void> {
  let provedAt = Date.now();
  let { holds } = m.state.data;
  // A pause in which the run went on in a new one: how long it was is not known here.
  let began = m.state.hasPassed('big-switch') && isHeld(m.state.data);
  return async () => {
    for (;;) {
      if (isHeld(m.state.data)) sayWhere(m);
      await m.control.mayAct();
      const isOld = began || Date.now() - provedAt > m.plan.gates.approvalMinutes * 60_000;
      // Before the first one nothing is done on the word, and the gate itself proves it anew.
      if (!m.state.hasPassed('big-switch') || !isOld || !(began || m.state.heldSince(holds)) || !patched(PROVES))
        return;
      holds = m.state.data.holds;
      m.state.doing('proves once more what the word for the switch was given for: a pause was long');
      await prove(m);
      provedAt = Date.now();
      began = false;
    }
  };
}

/** @throws ApplicationFailure NotAnyMore that says what does not hold */
async function prove(m: Migration): Promise<void> {
  const evidence = await gather(m, 'big-switch');
  const seen = m.state.data.passed.find(({ gate }) => gate === 'big-switch')?.evidence;
  const less = seen ? fallen(seen, evidence) : [];
  if (evidence.holds && less.length === 0) return;
  const what = evidence.holds ? `there was less than had been seen: ${list(less)}` : failing(evidence);
  throw ApplicationFailure.nonRetryable(`after a pause the evidence no longer held: ${what}`, NOT_ANY_MORE);
}

function sayWhere(m: Migration): void {
  const there = appsOnBothSides(m.plan, m.state.data);
  if (there.length > 0) m.state.doing(`paused in the middle of the switch, with ${list(there)} on the fronts`);
}
