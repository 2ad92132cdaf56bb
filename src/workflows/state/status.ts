import type { OpenGate, Status } from '../../contract/messages';
import { stagesOf } from '../rollback/stages';
import { isHeld } from './holds';
import { maySay } from './possible';
import type { GateState } from './data';
import type { State } from './state';

/** Answer of the query `status`. */
export function statusOf(state: State): Status {
  const { data, plan } = state;
  const { held = [] } = data;
  const holds = held.filter(({ asks }) => !asks);
  return {
    name: plan.name,
    outcome: endsStill(state) ? 'running' : data.outcome,
    phase: data.phase,
    doing: data.doing,
    paused: isHeld(data),
    heldBy: holds.length > 0 ? holds.map(({ by, reason, at }) => ({ by, reason, at })) : undefined,
    asks: held.find(({ asks }) => asks)?.reason,
    blocked: data.blocked,
    trying: data.trying,
    possible: maySay(state),
    rollback: rollbackOf(state),
    draining: data.draining,
    drained: data.drained,
    switchedApps: data.switchedApps,
    progress: data.progress,
    gate: data.gate && !data.gate.rejected && !data.rollback ? shown(data.gate) : undefined,
    cluster: data.cluster,
    bridge: data.bridge,
    phases: data.phases,
    large: state.large(),
  };
}

/** How far the way back is. */
function rollbackOf(state: State): Status['rollback'] {
  const { rollback, rolledBack, stopped, backAsBefore } = state.data;
  if (!rollback) return undefined;
  const { by, reason, at } = rollback;
  const done = rolledBack.map(({ what }) => what);
  // The stages of an older release are told as they come.
  const known = state.begun('bridge') && !backAsBefore ? stagesOf(state.stillThere(stopped).length > 0) : [];
  const ahead = known.filter((what) => !done.includes(what));
  // Before the first one begins, what was under way has to end.
  const stage = state.data.rollbackStage;
  return { by, reason, at, stage, stagesDone: done, stagesLeft: ahead.filter((what) => what !== stage) };
}

/** While its report is not written a run has not ended, and may still need a person. */
function endsStill(state: State): boolean {
  return state.begun('report') && !state.ended('report');
}

function shown({ gate, token, evidence, openedAt, approvals, approvalsNeeded, command }: GateState): OpenGate {
  return { gate, token, evidence, openedAt, approvals, approvalsNeeded, command };
}
