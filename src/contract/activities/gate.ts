import type { Evidence } from '../evidence';
import type { KeptName } from '../kept-record';
import type { GateName } from '../phases';
import type { Catalogue } from './catalogue';

/** What a gate shows. */
export interface GateActivities {
  /**
   * With `kept`, also whether the hub has lost one of these records. Of `switched` apps the run knows, at gate `big-switch`: that
   * no others are.
   */
  gatherEvidence(input: { gate: GateName; kept?: KeptName[]; switched?: string[] }): Promise<Evidence>;
}

/** Their kinds and summaries. */
export const GATE: Catalogue<GateActivities> = {
  gatherEvidence: ['look', ({ gate }) => `evidence for gate ${gate}`],
};
