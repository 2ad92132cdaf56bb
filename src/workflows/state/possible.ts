import type { Said } from '../../contract/audit';
import { failing } from '../../contract/evidence';
import { isHeld } from './holds';
import type { Data, GateState } from './data';
import type { State } from './state';

/** For each message why it can't be said now, one sentence; undefined where it can. */
export type Possible = { readonly [Name in Said]: string | undefined };

/**
 * What may be said to a run now: asked by all that decides about messages, and by every text that offers a command, so that
 * nothing is offered that would be refused.
 */
export function possible(state: State): Possible {
  const { data } = state;
  return {
    approve: noGate(data) ?? noApproval(data.gate),
    reject: noGate(data),
    pause: noPause(data),
    resume: noResume(data),
    throttle: noThrottle(state),
    rollback: noRollback(state),
    giveUp: noGiveUp(state),
  };
}

/** Names of what may be said. */
export function maySay(state: State): Said[] {
  const entries = Object.entries(possible(state)) as [Said, string | undefined][];
  return entries.flatMap(([name, refusal]) => (refusal === undefined ? [name] : []));
}

/** Whether shards move already, or may still: from replicate until the cluster's settings are put back. */
export function shardsMayMove(state: State): boolean {
  return state.begun('replicate') && !state.data.settingsRestored;
}

/** Whether as many different people as needed have approved. */
export function approvedByEnough(gate: GateState): boolean {
  return gate.approvals.length >= gate.approvalsNeeded;
}

function noGate({ gate, rollback }: Data): string | undefined {
  if (rollback) return 'it is being rolled back';
  if (!gate) return 'no gate is open';
  if (!gate.rejected) return undefined;
  return `the gate was rejected by ${gate.rejected.by}; after resume it opens with a new token`;
}

function noApproval(gate: GateState | undefined): string | undefined {
  if (!gate) return 'no gate is open';
  if (!gate.evidence.holds) return `the evidence does not hold: ${failing(gate.evidence)}`;
  return approvedByEnough(gate) ? 'it is approved already' : undefined;
}

function noPause({ outcome }: Data): string | undefined {
  return outcome === 'running' ? undefined : 'it has ended';
}

function noResume(data: Data): string | undefined {
  return isHeld(data) || data.blocked !== undefined ? undefined : 'it is neither paused nor blocked';
}

function noThrottle(state: State): string | undefined {
  const { settingsRestored, rollback, outcome } = state.data;
  const never = settingsRestored || outcome !== 'running' || (rollback !== undefined && !state.begun('replicate'));
  return never ? "nothing moves any more: the cluster's settings are being put back, or are" : undefined;
}

function noRollback(state: State): string | undefined {
  const { rollback, outcome } = state.data;
  if (rollback) return 'it is being rolled back already';
  if (outcome !== 'running') return 'it has ended';
  if (!state.tearingDown()) return undefined;
  return 'teardown has begun, and with the bridge gone there is nothing to go back over. The run goes on; `pause` holds it';
}

function noGiveUp(state: State): string | undefined {
  const { outcome, claimed, rollback } = state.data;
  if (outcome !== 'running') return 'it has ended';
  if (state.begun('bridge') || claimed.length > 0 || rollback) return undefined;
  return 'nothing was touched yet: take it out of the plan, and start again';
}
