import { ApplicationFailure, patched } from '@temporalio/workflow';
import { failing, fallen, ONLY_VOTE } from '../../contract/evidence';
import { list } from '../../text/format';
import { gather } from '../gate/evidence';
import { failureType } from '../run/failures';
import type { Migration } from '../run/migration';
import { isHeld } from '../state/holds';
import type { Data } from '../state/data';
import { appsOnBothSides } from '../state/sides';

/** Change of the order of commands: runs that were begun before it go on after a pause of any length. */
const PROVES = 'a-long-pause-in-the-switch-is-proved';

/** Change of the order of commands: runs that were begun before it see a pause only that lasts into them. */
const CARRIED = 'when-the-switch-was-proved-is-carried';

const NOT_ANY_MORE = 'NotAnyMore';

type Proved = NonNullable<Data['switchProved']>;

/** Whether a batch was not begun as the evidence held no more: no app of it was touched. */
export function isNotAnyMore(error: unknown): boolean {
  return failureType(error) === NOT_ANY_MORE;
}

/**
 * What is asked before each batch of the switch, and before the quorum follows: a pause ends it there, and when the word has become too
 * old meanwhile, its evidence is proved once more. So it is when the run was blocked since. From a call of this on it counts as proved,
 * unless the run knows when it was.
 */
export function provedAfterPause(m: Migration): () => Promise<void> {
  let { proved, began } = provedBefore(m);
  return async () => {
    for (;;) {
      if (isHeld(m.state.data)) sayWhere(m);
      await m.control.mayAct();
      const isOld = began || Date.now() - proved.at > m.plan.gates.approvalMinutes * 60_000;
      // Before the first one nothing is done on the word, and the gate itself proves it anew.
      if (!m.state.hasPassed('big-switch') || !isOld || !(began || m.state.heldSince(proved.holds)) || !patched(PROVES))
        return;
      const { holds } = m.state.data;
      m.state.doing(
        'proves once more what the word for the switch was given for: a pause was long, or the run was blocked',
      );
      await prove(m, proved);
      proved = keep(m, { ...proved, at: Date.now(), holds });
      began = false;
    }
  };
}

/** The quorum is about to follow, or has: from here on only old nodes need not vote any more. */
export function quorumFollows(m: Migration): void {
  const { switchProved } = m.state.data;
  if (switchProved) keep(m, { ...switchProved, quorum: true });
}

/** When it was proved last, and whether there was a pause since then that an earlier run, or this one, has not proved. */
function provedBefore(m: Migration): { proved: Proved; began: boolean } {
  const { holds, switchProved: known } = m.state.data;
  const passed = m.state.hasPassed('big-switch');
  // Its `resume` may have come before this run could see that it was held.
  if (passed && known && patched(CARRIED)) return { proved: known, began: m.state.heldSince(known.holds) };
  // A pause in which a run of before went on in a new one: how long it was is not known here.
  return { proved: keep(m, { at: Date.now(), holds }), began: passed && isHeld(m.state.data) };
}

function keep(m: Migration, switchProved: Proved): Proved {
  m.state.set({ switchProved });
  return switchProved;
}

/** @throws ApplicationFailure NotAnyMore that says what does not hold */
async function prove(m: Migration, { quorum }: Proved): Promise<void> {
  const evidence = await gather(m, 'big-switch');
  const seen = m.state.data.passed.find(({ gate }) => gate === 'big-switch')?.evidence;
  const less = seen ? fallen(seen, evidence) : [];
  // What the deed itself changes is no reason against going on with it.
  const facts = evidence.facts.filter(({ name }) => !(quorum && name === ONLY_VOTE.old));
  const holds = facts.length > 0 && facts.every(({ ok }) => ok);
  if (holds && less.length === 0) return;
  const what = holds ? `there was less than had been seen: ${list(less)}` : failing({ ...evidence, facts });
  throw ApplicationFailure.nonRetryable(`after a pause or a block the evidence no longer held: ${what}`, NOT_ANY_MORE);
}

function sayWhere(m: Migration): void {
  const there = appsOnBothSides(m.plan, m.state.data);
  if (there.length > 0) m.state.doing(`paused in the middle of the switch, with ${list(there)} on the fronts`);
}
