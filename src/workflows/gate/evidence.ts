import { isCancellation } from '@temporalio/workflow';
import type { Evidence } from '../../contract/evidence';
import type { GateName } from '../../contract/phases';
import { sentence } from '../run/failures';
import type { Migration } from '../run/migration';
import { now } from '../state/state';

/** Asks for the evidence. That it can't be had is a fact too, and not a good one. */
export async function gather(m: Migration, gate: GateName): Promise<Evidence> {
  try {
    const evidence = await m.world.gatherEvidence({ gate });
    const holds = evidence.holds && evidence.facts.length > 0 && evidence.facts.every((fact) => fact.ok);
    return { ...evidence, gate, holds };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const fact = { name: 'the evidence could be gathered', ok: false, seen: sentence(error) };
    return { gate, takenAt: now(), holds: false, facts: [fact] };
  }
}
