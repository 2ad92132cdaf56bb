import type { Evidence } from '../evidence';
import type { GateName } from '../phases';
import type { Catalogue } from './catalogue';

/** What a gate shows. */
export interface GateActivities {
  gatherEvidence(input: { gate: GateName }): Promise<Evidence>;
}

/** Their kinds and summaries. */
export const GATE: Catalogue<GateActivities> = {
  gatherEvidence: ['look', ({ gate }) => `evidence for gate ${gate}`],
};
