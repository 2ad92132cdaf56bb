import { isCancellation } from '@temporalio/workflow';
import type { Evidence } from '../../contract/evidence';
import type { GateName } from '../../contract/phases';
import { sentence } from '../run/failures';
import type { Migration } from '../run/migration';
import { boundedEvidence } from '../state/bounds';
import { namesOf } from '../state/kept';
import { isHeld } from '../state/holds';
import { now } from '../state/state';

/** Asks for the evidence. That it can't be had is a fact too, and not a good one. */
export async function gather(m: Migration, gate: GateName): Promise<Evidence> {
  try {
    const evidence = await look(m, gate);
    const holds = evidence.holds && evidence.facts.length > 0 && evidence.facts.every((fact) => fact.ok);
    return boundedEvidence({ ...evidence, gate, holds });
  } catch (error) {
    if (isCancellation(error)) throw error;
    const fact = { name: 'the evidence could be gathered', ok: false, seen: sentence(error) };
    return { gate, takenAt: now(), holds: false, facts: [fact] };
  }
}

/** What the hub is seen to have lost of its record is written there again, and all is looked at once more. */
async function look(m: Migration, gate: GateName): Promise<Evidence> {
  const { kept } = m.state.data;
  const asked = { gate, ...(kept && { kept: namesOf(kept) }), ...ownSwitched(m, gate) };
  const evidence = await m.world.gatherEvidence(asked);
  if (evidence.switched) learnSwitched(m, evidence.switched);
  if (!kept || !evidence.lost || isHeld(m.state.data)) return evidence;
  const { lost } = await m.world.keepAgain({ records: kept });
  if (lost.length > 0) m.state.keptAgain(lost);
  return m.world.gatherEvidence(asked);
}

function ownSwitched({ state: { data } }: Migration, gate: GateName): { switched?: string[] } {
  const switched = [...new Set([...data.switchedApps, ...(data.pointedApps ?? [])])];
  return gate === 'big-switch' && switched.length > 0 ? { switched } : {};
}

/** Apps that a reset made this run forget: they are on the other side, and go back before a word is asked for. */
function learnSwitched(m: Migration, switched: string[]): void {
  const { pointedApps } = m.state.data;
  // Where an older release noted none, all may have been.
  if (pointedApps) m.state.set({ pointedApps: [...new Set([...pointedApps, ...switched])] });
}
