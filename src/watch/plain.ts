import { bytes, clock, count, duration } from '../text/format';
import { harmless } from '../text/harmless';
import { heldSentence, rollbackSentence } from '../view/held';
import type { GateView } from '../view/gate';
import type { View } from '../view/view';

/** A line about progress for each tenth of a move. */
const TENTH = 0.1;

/**
 * What is worth a line since the picture before, for output that is not a terminal: what it does, a tenth of a move, health,
 * trouble, gates with their evidence, and the end.
 */
export function newLines(view: View, before: View | undefined): string[] {
  const time = clock(new Date(view.at).toISOString());
  const said = [
    ...(view.doing !== before?.doing || view.phase !== before.phase ? [`${view.phase}: ${view.doing}`] : []),
    ...progress(view, before),
    ...(view.cluster.health === before?.cluster.health ? [] : [`the cluster is ${view.cluster.health}`]),
    ...trouble(view).filter((sentence) => !before || !trouble(before).includes(sentence)),
    ...(view.gate && view.gate.token !== before?.gate?.token ? gate(view.gate, view.name) : []),
    ...(view.outcome === 'running' || view.outcome === before?.outcome ? [] : [`${view.name} is ${view.outcome}`]),
  ];
  return said.map((sentence) => `${time}  ${harmless(sentence)}`);
}

function progress({ progress: now, phase }: View, before: View | undefined): string[] {
  if (!now) return [];
  const tenth = Math.floor(now.share / TENTH);
  const then = before?.phase === phase ? before.progress : undefined;
  if (then && Math.floor(then.share / TENTH) === tenth) return [];
  const left = now.etaSeconds === undefined ? '' : `, about ${duration(now.etaSeconds)} left`;
  const moved = `${count(now.shardsTotal - now.shardsLeft)} of ${count(now.shardsTotal)} shards`;
  return [`${phase}: ${Math.floor(now.share * 100)} %, ${moved}, ${bytes(now.bytesPerSecond)}/s${left}`];
}

function trouble(view: View): string[] {
  const { blocked, asks, problem, progress: move, retries } = view;
  const told = [heldSentence(view), rollbackSentence(view)].filter((one) => one !== undefined);
  return [
    ...(blocked === undefined ? [] : [`blocked: ${blocked}`]),
    ...(asks === undefined ? [] : [`asks: ${asks}`]),
    ...told,
    ...(move?.stuck ? [`stuck: ${move.stuck.sentence} ${move.stuck.action}`] : []),
    ...(problem === undefined ? [] : [problem]),
    ...retries,
  ];
}

function gate({ gate: name, token, evidence, approvals, approvalsNeeded }: GateView, migration: string): string[] {
  return [
    `gate ${name} waits for a person, ${approvals.length} of ${approvalsNeeded} approvals; its evidence ${evidence.holds ? 'holds' : 'does not hold'}`,
    ...evidence.facts.map((fact) => `  ${fact.ok ? '✓' : '✗'} ${fact.name}: ${fact.seen}`),
    ...(evidence.holds ? [`  to approve: bigswitch approve ${migration} --gate ${name} --token ${token}`] : []),
  ];
}
