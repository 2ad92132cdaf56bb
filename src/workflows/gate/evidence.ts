import { isCancellation } from '@temporalio/workflow';
import type { Evidence } from '../../contract/evidence';
import type { GateName } from '../../contract/phases';
import { sentence } from '../run/failures';
import type { Migration } from '../run/migration';
import { namesOf } from '../state/kept';
import { isHeld } from '../state/holds';
import { now } from '../state/state';

/** Asks for the evidence. That it can't be had is a fact too, and not a good one. */
export async function gather(m: Migration, gate: GateName): Promise<Evidence> {
  try {
    const evidence = await look(m, gate);
    const holds = evidence.holds && evidence.facts.length > 0 && evidence.facts.every((fact) => fact.ok);
    return { ...evidence, gate, holds };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const fact = { name: 'the evidence could be gathered', ok: false, seen: sentence(error) };
    return { gate, takenAt: now(), holds: false, facts: [fact] };
  }
}

/** What the hub is seen to have lost of its record is written there again, and all is looked at once more. */
async function look(m: Migration, gate: GateName): Promise<Evidence> {
  const { kept } = m.state.data;
  const ask = () => m.world.gatherEvidence({ gate, ...(kept && { kept: namesOf(kept) }) });
  const evidence = await ask();
  if (!kept || !evidence.lost || isHeld(m.state.data)) return evidence;
  const { lost } = await m.world.keepAgain({ records: kept });
  if (lost.length > 0) m.state.keptAgain(lost);
  return ask();
}
