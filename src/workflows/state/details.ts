import { workflowInfo } from '@temporalio/workflow';
import { shownFact, type Evidence } from '../../contract/evidence';
import type { MoveProgress } from '../../contract/progress';
import { PHASES } from '../../contract/phases';
import type { GateState, State } from './state';

/** Facts that are shown; the rest is in the query `evidence`. */
const FACTS_SHOWN = 40;

/** The command with which a person sends a message to this run, ready to copy. */
export function signalCommand(name: string, argument: Record<string, string>): string {
  const quoted = JSON.stringify(argument).replaceAll("'", `'\\''`);
  return `temporal workflow signal --workflow-id ${workflowInfo().workflowId} --name ${name} --input '${quoted}'`;
}

/** The run in Markdown, as the UI shows it: phase, progress, what it waits for, and the exact command to copy. */
export function details(state: State): string {
  const { data, plan } = state;
  const number = PHASES.indexOf(data.phase);
  const parts = [`**${plan.name}**: phase ${number} of ${PHASES.length - 1}, ${data.phase}. ${data.doing}`];
  if (data.rollback) parts.push(`Rolling back: ${data.rollback.reason} (${data.rollback.by})`);
  if (data.drained.length > 0) parts.push(`Drained: ${data.drained.join(', ')}`);
  if (data.progress) parts.push(progressLine(data.progress));
  if (data.blocked !== undefined) parts.push(blockedPart(data.blocked));
  else if (data.pause) parts.push(pausedPart(data.pause));
  if (data.gate && !data.gate.rejected && !data.rollback) parts.push(gatePart(data.gate));
  // Last, as the UI makes room for all but the end of this text: nobody must lose the command.
  parts.push('More: the queries `status`, `evidence`, `audit` and `samples`.');
  return parts.join('\n\n');
}

function blockedPart(reason: string): string {
  return [
    `**Blocked:** ${reason}`,
    'To try again:',
    fenced(signalCommand('resume', { by: 'you' })),
    'To go back:',
    fenced(signalCommand('rollback', { by: 'you', reason: 'why' })),
  ].join('\n\n');
}

function pausedPart({ by, reason, asks }: NonNullable<State['data']['pause']>): string {
  if (asks) {
    return [
      `### A cancellation came`,
      capital(reason ?? ''),
      'To go back:',
      fenced(signalCommand('rollback', { by: 'you', reason: 'why' })),
      'To go on:',
      fenced(signalCommand('resume', { by: 'you' })),
    ].join('\n\n');
  }
  const why = reason ? `: ${reason}` : '';
  return [`**Paused** by ${by}${why}`, 'To go on:', fenced(signalCommand('resume', { by: 'you' }))].join('\n\n');
}

function gatePart(gate: GateState): string {
  const approvals = `${gate.approvals.length} of ${gate.approvalsNeeded} approvals`;
  return [
    `### Gate \`${gate.gate}\` waits for a person (${approvals})`,
    ...(gate.evidence.reopened ? [`Opened again: ${gate.evidence.reopened}`] : []),
    evidencePart(gate.evidence),
    gate.evidence.holds
      ? `To approve:\n\n${fenced(gate.command)}`
      : 'It can be approved once all of this holds; it is looked at again every minute.',
  ].join('\n\n');
}

function evidencePart({ facts, takenAt }: Evidence): string {
  const lines = facts
    .slice(0, FACTS_SHOWN)
    .map((fact) => `- ${fact.ok ? '✓' : '✗ **not so:**'} ${fact.name}: ${shownFact(fact)}`);
  const rest =
    facts.length > FACTS_SHOWN ? [`- and ${facts.length - FACTS_SHOWN} more, see the query \`evidence\``] : [];
  return [`Evidence of ${takenAt}:`, '', ...lines, ...rest].join('\n');
}

/** Progress in Markdown, with why it is stuck if it is. */
export function progressLine(progress: MoveProgress): string {
  return `Progress: ${progressFigures(progress)}${trouble(progress)}`;
}

function trouble({ stuck, unanswered }: MoveProgress): string {
  if (stuck) return `\n\n**Stuck:** ${stuck.sentence} ${stuck.action}`;
  if (!unanswered) return '';
  const { seconds, reason } = unanswered;
  return `\n\n**Unknown for ${duration(seconds)}:** nobody says how far it is (${reason}). It is asked again and again.`;
}

/** Progress in one line, for example `62 %, 7.4 GiB and 12 shards left, 31.0 MiB/s, about 4 min`. */
export function progressFigures(progress: MoveProgress): string {
  const { bytesTotal, bytesLeft, shardsTotal, shardsLeft } = progress;
  const share = bytesTotal > 0 ? 1 - bytesLeft / bytesTotal : shardsTotal > 0 ? 1 - shardsLeft / shardsTotal : 1;
  const parts = [
    `${Math.floor(share * 100)} %`,
    `${bytes(bytesLeft)} and ${shardsLeft} shards left`,
    `${(progress.bytesPerSecond / 2 ** 20).toFixed(1)} MiB/s`,
    ...(progress.etaSeconds === undefined ? [] : [`about ${duration(progress.etaSeconds)}`]),
  ];
  return parts.join(', ');
}

function bytes(count: number): string {
  if (count >= 2 ** 40) return `${(count / 2 ** 40).toFixed(2)} TiB`;
  if (count >= 2 ** 30) return `${(count / 2 ** 30).toFixed(1)} GiB`;
  return `${(count / 2 ** 20).toFixed(1)} MiB`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function fenced(command: string): string {
  return `\`\`\`\n${command}\n\`\`\``;
}
