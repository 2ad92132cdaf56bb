import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { shownFact, type Evidence } from '../../contract/evidence';
import type { MoveProgress } from '../../contract/progress';
import { tryingSentence, type Trying } from '../../contract/trying';
import { PHASES } from '../../contract/phases';
import { allHosts, switchOrder } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { bytes, counted, duration, list } from '../../text/format';
import { harmlessJson } from '../../text/harmless';
import { commandBox, joined, mdText, type Markdown } from '../../text/markdown';
import { shellQuoted, shellWord } from '../../text/shell';
import type { Held } from './holds';
import { possible, type Possible } from './possible';
import { appsOnBothSides } from './sides';
import type { GateState } from './data';
import type { State } from './state';

/** What is tried again and shown; the rest is in the query `status`. */
const TRIES_SHOWN = 5;

/** Facts that are shown; the rest is in the query `evidence`. */
const FACTS_SHOWN = 40;

/** The command with which a person sends a message to this run, ready to copy. */
export function signalCommand(name: string, argument: Record<string, string | boolean>): string {
  const workflowId = shellWord(workflowInfo().workflowId);
  return `temporal workflow signal --workflow-id ${workflowId} --name ${name} --input ${shellQuoted(harmlessJson(argument))}`;
}

/** Shows a text in Temporal's UI; nothing else may call `setCurrentDetails`. */
export function showDetails(text: Markdown): void {
  setCurrentDetails(String(text));
}

/** The run in Markdown, as the UI shows it: phase, progress, what it waits for, and the exact command to copy. */
export function details(state: State): Markdown {
  const { data, plan } = state;
  const number = PHASES.indexOf(data.phase);
  const parts = [mdText`**${plan.name}**: phase ${number} of ${PHASES.length - 1}, ${data.phase}. ${data.doing}`];
  if (data.rollback) parts.push(mdText`Rolling back: ${data.rollback.reason} (${data.rollback.by})`);
  if (data.owed) parts.push(mdText`Out of reach, and seen to at the end: ${Object.values(data.owed).join('; ')}`);
  if (data.givenUp) parts.push(mdText`Given up: ${state.givenUp().join(', ')}`);
  if (data.drained.length > 0) parts.push(mdText`Drained: ${data.drained.join(', ')}`);
  if (data.progress) parts.push(progressLine(data.progress));
  if (data.trying) parts.push(tryingPart(data.trying));
  const may = possible(state);
  if (data.blocked !== undefined) parts.push(blockedPart(data.blocked, may, namedIn(data.blocked, plan)));
  const holds = (data.held ?? []).filter(({ asks }) => !asks);
  const asks = data.held?.find((one) => one.asks);
  if (asks) parts.push(asksPart(asks, may));
  if (holds.length > 0) parts.push(heldPart(holds, data.blocked !== undefined));
  const apart = holds.length > 0 && data.phase === 'switch' && !data.rollback ? apartPart(state, may) : undefined;
  if (apart) parts.push(apart);
  if (data.gate && !data.gate.rejected && !data.rollback) parts.push(gatePart(data.gate));
  const large = state.large();
  if (large) parts.push(largePart(large));
  // Last, as the UI makes room for all but the end of this text: nobody must lose the command.
  parts.push(mdText`More: the queries \`status\`, \`evidence\`, \`audit\` and \`samples\`.`);
  return joined(parts);
}

function largePart(large: { bytes: number; most: number }): Markdown {
  return mdText`**Large:** the run carries ${bytes(large.bytes)} of the ${bytes(large.most)} that Temporal takes. Before it is more, what tells the least is left out: old samples of apps, old refusals, entries of the ledger (that on the hosts is whole).`;
}

function tryingPart(trying: Trying[]): Markdown {
  const shown = trying.slice(0, TRIES_SHOWN).map((one) => mdText`**Tried again:** ${tryingSentence(one)}`);
  const more = trying.length - TRIES_SHOWN;
  return joined([...shown, more > 0 ? mdText`And ${more} more are tried again, see the query \`status\`.` : undefined]);
}

/** @param host one that the reason names: it may be gone for good */
function blockedPart(reason: string, may: Possible, host: string | undefined): Markdown {
  return joined([
    mdText`**Blocked:** ${reason}`,
    ...offered(may.resume, 'To try again:', signalCommand('resume', { by: 'you' })),
    ...offered(may.rollback, 'To go back:', goBack()),
    ...(host === undefined
      ? []
      : offered(
          may.giveUp,
          `If ${host} is gone for good, to go on without it:`,
          signalCommand('giveUp', { host, by: 'you', reason: 'why' }),
        )),
  ]);
}

/** The first host that a reason names, if it is one of several of its kind. */
function namedIn(reason: string, plan: Plan): string | undefined {
  const hosts = allHosts(plan);
  const isNamed = (name: string) => [' ', '\n', ':', ';'].some((mark) => ` ${reason}`.includes(`${mark}${name}: `));
  const named = hosts.find(({ name }) => isNamed(name));
  const isAlone = hosts.filter(({ role }) => role === named?.role).length < 2;
  return named === undefined || isAlone ? undefined : named.name;
}

/** A command with what it is for, unless it would be refused. */
function offered(refusal: string | undefined, what: string, command: string): (string | Markdown)[] {
  return refusal === undefined ? [what, commandBox(command)] : [];
}

function goBack(): string {
  return signalCommand('rollback', { by: 'you', reason: 'why' });
}

function asksPart({ reason }: Held, may: Possible): Markdown {
  return joined([
    '### A cancellation came',
    capital(reason ?? ''),
    ...offered(may.rollback, 'To go back:', goBack()),
    'To go on:',
    commandBox(signalCommand('resume', { by: 'you' })),
  ]);
}

/** @param blocked then `resume` is about the block first, and the holds stay */
function heldPart(holds: Held[], blocked: boolean): Markdown {
  const who = holds.map(({ by, reason }) => mdText`**Paused** by ${by}${reason ? mdText`: ${reason}` : undefined}`);
  const own = blocked
    ? ['The pause stays when it tries again; one more `resume` of who paused it ends it.']
    : ['Who paused it ends their own pause:', commandBox(signalCommand('resume', { by: 'you' }))];
  const all = [
    "To end everybody's pause, when they have agreed:",
    commandBox(signalCommand('resume', { by: 'you', all: true })),
  ];
  return joined([...who, ...own, ...all]);
}

/** What a pause in the middle of the switch means; nothing when all apps are on one side. */
function apartPart({ data, plan }: State, may: Possible): Markdown | undefined {
  const there = appsOnBothSides(plan, data);
  if (there.length === 0) return undefined;
  const left = switchOrder(plan).filter((host) => !there.includes(host));
  const others = left.length > 0 ? `, ${list(left)} on the old nodes` : ', not all of them proved to be well there';
  return joined([
    mdText`**Apps are on both sides:** ${list(there)} on the fronts${others}. All are served, but the old nodes alone have the votes: were the bridge to break now, those on the fronts could not write. Keep this short.`,
    `\`resume\` goes on with the switch; after more than ${plan.gates.approvalMinutes} min the gate is proved once more first, and when it does not hold all apps go back and a new word is asked for.`,
    ...offered(may.rollback, 'To take them back now:', goBack()),
  ]);
}

function gatePart(gate: GateState): Markdown {
  const approvals = `${gate.approvals.length} of ${gate.approvalsNeeded} approvals`;
  return joined([
    mdText`### Gate ${gate.gate} waits for a person (${approvals})`,
    gate.evidence.reopened ? mdText`Opened again: ${gate.evidence.reopened}` : undefined,
    evidencePart(gate.evidence),
    gate.evidence.holds
      ? mdText`To approve:\n\n${commandBox(gate.command)}`
      : 'It can be approved once all of this holds; it is looked at again every minute.',
  ]);
}

function evidencePart({ facts, takenAt }: Evidence): Markdown {
  const lines = facts
    .slice(0, FACTS_SHOWN)
    .map((fact) => mdText`- ${fact.ok ? '✓' : mdText`✗ **not so:**`} ${fact.name}: ${shownFact(fact)}`);
  const more = facts.length - FACTS_SHOWN;
  const rest = more > 0 ? mdText`- and ${more} more, see the query \`evidence\`` : undefined;
  return joined([mdText`Evidence of ${takenAt}:`, '', ...lines, rest], '\n');
}

/** Progress in Markdown, with why it is stuck if it is. */
export function progressLine(progress: MoveProgress): Markdown {
  return mdText`Progress: ${progressFigures(progress)}${trouble(progress)}`;
}

function trouble({ stuck, unanswered, waits }: MoveProgress): Markdown | undefined {
  if (waits) return mdText`\n\n**Waits:** ${waits}.`;
  if (stuck) return mdText`\n\n**Stuck:** ${stuck.sentence} ${stuck.action}`;
  if (!unanswered) return undefined;
  const { seconds, reason } = unanswered;
  return mdText`\n\n**Unknown for ${duration(seconds)}:** nobody says how far it is (${reason}). It is asked again and again.`;
}

/** Progress in one line, for example `62 %, 7.40 GiB and 12 shards left, 31.0 MiB/s, about 4 min`. */
export function progressFigures(progress: MoveProgress): string {
  const { bytesTotal, bytesLeft, shardsTotal, shardsLeft } = progress;
  const share = bytesTotal > 0 ? 1 - bytesLeft / bytesTotal : shardsTotal > 0 ? 1 - shardsLeft / shardsTotal : 1;
  const parts = [
    `${Math.floor(share * 100)} %`,
    `${bytes(bytesLeft)} and ${counted(shardsLeft, 'shard')} left`,
    `${bytes(progress.bytesPerSecond)}/s`,
    ...(progress.etaSeconds === undefined ? [] : [`about ${duration(progress.etaSeconds)}`]),
  ];
  return parts.join(', ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
