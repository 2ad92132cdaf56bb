import { CancellationScope, startChild, uuid4, workflowInfo } from '@temporalio/workflow';
import type { Notice } from '../../contract/notice';
import { tryingSentence, type Trying } from '../../contract/trying';
import type { NoticeEvent } from '../../plan/notify';
import { summaryText } from '../../text/markdown';
import { shellWord } from '../../text/shell';
import { deliverNotice, receiversOf } from '../deliver-notice';
import { signalCommand } from '../state/details';
import { possible } from '../state/possible';
import type { GateState } from '../state/data';
import { now, type State } from '../state/state';

/** What a notice says beside what all of them say. */
type Words = Pick<Notice, 'event' | 'what' | 'todo' | 'commands'>;

/** People are told of what has been tried again for so long, in milliseconds: a reboot is over by then. */
const TOLD_AFTER_MS = 5 * 60_000;

const GO_ON = 'to go on';
const GO_BACK = 'to go back';

/**
 * Tells people what happens, beside the migration: each notice is delivered by a workflow of its own, which outlives this
 * run, so that neither a dead receiver nor the end of the run holds anything up or loses anything.
 */
export class Notices {
  private starting: Promise<void>[] = [];

  /** Looks at what is so now, and tells what was not so before. Called after each change of the state. */
  look(state: State): void {
    if (receiversOf(state.plan).length === 0) return;
    const all = occasions(state);
    const told = new Set(state.data.told);
    // What is over is forgotten: it is told again when it comes again.
    state.data.told = [...all.keys()];
    for (const [key, words] of all) {
      if (!told.has(key)) this.starting.push(tell(state, words()));
    }
  }

  /** Waits until Temporal has taken over what is to be told; it never waits for a receiver, and never fails. */
  async handedOver(): Promise<void> {
    await Promise.all(this.starting);
    this.starting = [];
  }
}

/** Starts the delivery. That it can't be started must not disturb the migration. */
async function tell({ plan, data }: State, words: Words): Promise<void> {
  const receivers = receiversOf(plan).filter(({ on }) => on.includes(words.event));
  if (receivers.length === 0) return;
  const { workflowId } = workflowInfo();
  // From uuid4(): the same in a replay, another one after a reset, when it happens once more.
  const id = uuid4();
  const notice: Notice = {
    schemaVersion: 1,
    id,
    at: now(),
    migration: plan.name,
    workflowId,
    phase: data.phase,
    ...words,
  };
  const start = () =>
    startChild(deliverNotice, {
      workflowId: `${workflowId}-notice-${id}`,
      args: [{ notice, receivers }],
      staticSummary: summaryText(`tell ${receivers.map(({ name }) => name).join(', ')}: ${words.event}`),
      parentClosePolicy: 'ABANDON',
    });
  // A rollback or a cancellation of the run is no reason not to tell of it.
  await CancellationScope.nonCancellable(start).then(
    () => undefined,
    () => undefined,
  );
}

/** What people are to be told of as long as it is so, each under a key of its own; in words only when it is told: most looks tell nothing. */
function occasions(state: State): Map<string, () => Words> {
  const { data } = state;
  const all = new Map<string, () => Words>();
  for (const { phase, endedAt, summary } of data.phases) {
    // The end of the report is the end of the run.
    if (endedAt !== undefined && phase !== 'report') {
      all.set(`phase-ended ${phase}`, () => words('phase-ended', `Phase ${phase} has ended: ${summary}.`, 'Nothing.'));
    }
  }
  const { gate, held, progress, blocked, rollback } = data;
  const asks = held?.find((one) => one.asks);
  if (gate && !gate.rejected && !rollback) {
    const key = gateKey(gate);
    if (key !== undefined) all.set(key, () => gateWords(gate));
  }
  if (progress?.stuck) {
    const { sentence, action } = progress.stuck;
    all.set('stuck', () => words('stuck', `Shards are stuck. ${sentence}`, action));
  }
  const waiting = longTried(data.trying ?? []);
  if (waiting) all.set('waiting', () => waiting);
  if (blocked !== undefined) {
    all.set('blocked', () =>
      decision(state, `The run is blocked: ${blocked}`, 'Put the cause right, then let it try again', '; or go back'),
    );
  } else if (asks) {
    all.set('asks', () =>
      decision(state, `The run holds: ${asks.reason ?? ''}.`, 'Say whether it goes on', ' or back'),
    );
  }
  if (hasEnded(state)) all.set('run-ended', () => endWords(state));
  return all;
}

/** What is tried again for five minutes and more, in one notice for all; undefined where nothing is. */
export function longTried(trying: Trying[]): Words | undefined {
  const long = trying.filter(({ since }) => Date.now() - Date.parse(since) >= TOLD_AFTER_MS);
  const [first] = long;
  if (!first) return undefined;
  const more = long.length > 1 ? ` So it is with ${long.length - 1} more, see the query \`status\`.` : '';
  return words(
    'waiting',
    `The run waits: ${tryingSentence(first)}.${more}`,
    'Put the cause right: it goes on by itself then. If it can not for hours, the run is blocked.',
  );
}

/** A token is told once. A gate that can't be approved yet is told of when it opens for the first time only. */
function gateKey({ gate, token, evidence, oldTokens }: GateState): string | undefined {
  if (evidence.holds) return `gate-opened ${gate} ${token}`;
  return oldTokens.length === 0 ? `gate-opened ${gate}` : undefined;
}

/** Without what was seen: the evidence itself is asked of the run, by people who may. */
function gateWords({ gate, evidence, approvals, approvalsNeeded, command }: GateState): Words {
  const counted = `${approvals.length} of ${approvalsNeeded} approvals`;
  const what = `Gate ${gate} waits for a person (${counted}).${evidence.reopened ? ' It was opened again with a new token.' : ''}`;
  const read = { does: 'to read the evidence', command: queryCommand('evidence') };
  if (!evidence.holds) {
    const failing = evidence.facts.filter(({ ok }) => !ok).map(({ name }) => name);
    const todo = `It can't be approved yet; put right what does not hold: ${failing.join('; ')}.`;
    return { event: 'gate-opened', what, todo, commands: [read] };
  }
  const facts = evidence.facts.length === 1 ? 'the fact holds' : `all ${evidence.facts.length} facts hold`;
  const todo = `Read the evidence (${facts}), then approve or reject.`;
  return { event: 'gate-opened', what, todo, commands: [read, { does: 'to approve', command }] };
}

/** @param orBack what is added to `todo` where going back is possible */
function decision(state: State, what: string, todo: string, orBack: string): Words {
  const resume = { does: GO_ON, command: signalCommand('resume', { by: 'you' }) };
  const back = { does: GO_BACK, command: signalCommand('rollback', { by: 'you', reason: 'why' }) };
  const may = possible(state).rollback === undefined;
  return {
    event: 'blocked',
    what,
    todo: `${todo}${may ? orBack : ''}.`,
    commands: may ? [resume, back] : [resume],
  };
}

function hasEnded(state: State): boolean {
  const { outcome } = state.data;
  return outcome === 'failed' || (outcome !== 'running' && state.ended('report'));
}

function endWords({ data }: State): Words {
  const { outcome, doing, rollback } = data;
  const todo = outcome === 'failed' ? 'Put it right, then start again.' : 'Read the report.';
  const how = outcome === 'migrated' ? 'The migration is done' : 'Everything is as it was before';
  const why = rollback ? ` (${rollback.reason})` : '';
  return words('run-ended', outcome === 'failed' ? `The run has failed: ${doing}` : `${how}${why}.`, todo);
}

function words(event: NoticeEvent, what: string, todo: string): Words {
  return { event, what, todo, commands: [{ does: 'to see how it stands', command: queryCommand('status') }] };
}

function queryCommand(type: string): string {
  return `temporal workflow query --workflow-id ${shellWord(workflowInfo().workflowId)} --type ${type}`;
}
