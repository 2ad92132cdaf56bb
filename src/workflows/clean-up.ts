import { ApplicationFailure, CancellationScope, sleep, TemporalFailure, workflowInfo } from '@temporalio/workflow';
import type { HostSurvey, Survey } from '../contract/activities';
import { claimSentence, ownerWord, type JudgedClaim } from '../contract/claim';
import { FAILURES } from '../contract/failures';
import { TELLING_STEPS, type LedgerEntry } from '../contract/ledger';
import { PHASES, type Phase } from '../contract/phases';
import { CANCELLATION } from './run/control';
import { allSaid, finish, goOnInNewRun, type MigrationResult } from './run/ending';
import { sentence } from './run/failures';
import { SafePoint } from './run/safe-point';
import { registerHandlers } from './messages/handlers';
import { begin, type Migration } from './run/migration';
import { takeHosts } from './phases/claim';
import { rollBack } from './rollback/rollback';
import { now } from './state/state';
import { tearDown } from './phases/teardown';
import { startWatch } from './run/watch';

/** How a clean-up ended. */
export type CleanUpResult = MigrationResult | { outcome: 'nothing-left' };

/**
 * Activities of a run that was terminated hear of it with their next heartbeat, and without one act for half a minute
 * (src/activities/standing.ts) on the cluster; hosts refuse them from the moment on in which they are taken over.
 */
const SETTLE_MS = 35_000;

/** What else a person says with the plan. */
export interface CleanUpWord {
  /**
   * Whose hosts are taken over although this server does not know that their run is over: first run of each chain, as the
   * refusal names it. What that run did is undone, whether it lives or not.
   */
  takeOver?: string | string[];
}

/**
 * Puts right what a run left that was terminated: finds out from the hosts how far it had come, and goes back, or, when
 * teardown had begun, to the end. Takes the plan of that run, and has its workflow id, so that both can't run at once.
 * @param word names who else is taken over, see {@link CleanUpWord}
 * @throws ApplicationFailure InvalidPlan; or PreflightFailed when hosts are held by a run that may live: nothing was touched
 */
export async function cleanUp(input: unknown, word?: unknown): Promise<CleanUpResult> {
  const m = begin(input);
  // Before anyone can ask for a rollback: it is one, until the hosts tell of a teardown.
  if (!m.state.data.surveyed) goBack(m, 'preflight', 'clean-up');
  // A run that goes on where another one ended is not told again.
  m.state.set({ takesOver: m.state.data.takesOver ?? namedIn(word) });
  registerHandlers(m);
  void CancellationScope.current().cancelRequested.catch(() => {
    const reason = 'it is the way back already; `pause` holds it';
    m.state.audit({ kind: 'rollback', by: CANCELLATION, accepted: false, reason });
  });
  return CancellationScope.nonCancellable(async () => {
    try {
      return await putRight(m);
    } catch (error) {
      if (error instanceof SafePoint) return goOnInNewRun(m);
      if (error instanceof TemporalFailure) {
        m.state.set({ outcome: 'failed', doing: sentence(error) });
        await allSaid(m);
      }
      throw error;
    }
  });
}

async function putRight(m: Migration): Promise<CleanUpResult> {
  if (!m.state.data.surveyed) {
    m.state.doing('waits until what the run before had under way has ended');
    await sleep(SETTLE_MS, { summary: 'let what was under way end' });
    m.state.doing('finds out how far the run before had come');
    const survey = await m.control.insist('clean-up', () => m.world.surveyHosts());
    refuseForeign(m, survey, m.state.data.takesOver ?? []);
    if (isEmpty(survey)) {
      m.state.set({ outcome: 'nothing-left', doing: 'no host has a record of this migration; nothing is to be done' });
      await allSaid(m);
      return { outcome: 'nothing-left' };
    }
    await m.control.insist('clean-up', () => takeHosts(m, holders(survey)));
    // Once more: what was under way until just now has left its record too.
    takeOver(m, await m.control.insist('clean-up', () => m.world.surveyHosts()));
  }
  startWatch(m);
  if (m.state.data.tearingDown) await finishTeardown(m);
  else await rollBack(m);
  return finish(m);
}

async function finishTeardown(m: Migration): Promise<void> {
  m.state.begin('teardown');
  m.state.end('teardown', await m.control.insist('teardown', () => tearDown(m)));
}

/** The words of a person, from anywhere; what can't be read names nobody. */
function namedIn(word: unknown): string[] {
  const { takeOver = [] } = (typeof word === 'object' && word !== null ? word : {}) as CleanUpWord;
  return (Array.isArray(takeOver) ? takeOver : [takeOver]).filter((one) => typeof one === 'string');
}

/** A claim whose run is not known to be over may be that of a run which goes on right now, here or on another server. */
function refuseForeign(m: Migration, { hosts }: Survey, named: string[]): void {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const mine = (claim: JudgedClaim) => claim.run === firstExecutionRunId;
  const over = (claim: JudgedClaim) => claim.over && claim.owner === workflowId;
  const free = (claim: JudgedClaim) =>
    claim.migration === m.plan.name && (mine(claim) || over(claim) || named.includes(ownerWord(claim)));
  const foreign = hosts.flatMap(({ host, claim }) => (claim && !free(claim) ? [{ host, claim }] : []));
  if (foreign.length === 0) return;
  const held = foreign.map(({ host, claim }) => `${host} by ${claimSentence(claim)}`);
  const words = [
    ...new Set(
      foreign
        .map(({ claim }) => claim)
        .filter(ofThisPlan(m))
        .map(ownerWord),
    ),
  ];
  throw ApplicationFailure.create({
    type: FAILURES.PREFLIGHT_FAILED,
    message:
      `Nothing was touched: hosts are held by another workflow than ${workflowId}, or by a run of another server: ${held.join(', ')}. ` +
      `Start it with that workflow id and plan, on that server${words.length > 0 ? `; or, if that run is gone for good, say so: ${words.map(takeOverWord).join(' ')}` : ''}`,
    nonRetryable: true,
  });
}

const ofThisPlan = (m: Migration) => (claim: JudgedClaim) => claim.migration === m.plan.name;

function takeOverWord(word: string): string {
  return `\`bigswitch cleanup PLAN --take-over ${word}\``;
}

/** By host, who holds it and is to be taken over. */
function holders({ hosts }: Survey): Map<string, string> {
  return new Map(hosts.flatMap(({ host, claim }) => (claim ? [[host, ownerWord(claim)] as const] : [])));
}

function isEmpty({ hosts, cluster, settingsKept, tearingDown }: Survey): boolean {
  const nothing = hosts.every(({ steps, claim }) => steps.length === 0 && !claim);
  return nothing && cluster.length === 0 && !settingsKept && !tearingDown;
}

/** Makes what the hosts tell the state of this run. */
function takeOver(m: Migration, survey: Survey): void {
  const { hosts, cluster, settingsKept, tearingDown } = survey;
  const entries = [...hosts.flatMap(({ steps }) => steps), ...cluster];
  const has = ({ steps }: HostSurvey, id: string) => steps.some(({ step }) => step === id);
  const named = (chosen: HostSurvey[]) => chosen.map(({ host }) => host);
  const of = (role: HostSurvey['role']) => hosts.filter((host) => host.role === role);
  const reached = reachedPhases(entries, settingsKept);
  const from = reached.at(-1)?.phase ?? 'preflight';
  const switched = named(of('app').filter((host) => has(host, TELLING_STEPS.APP_SWITCHED)));
  m.state.record(entries);
  m.state.set({
    surveyed: true,
    tearingDown,
    phases: reached,
    phase: from,
    started: named(of('new').filter((host) => host.running || has(host, TELLING_STEPS.NODE_STARTED))),
    stopped: named(oldestFirst(of('old').filter((host) => has(host, TELLING_STEPS.NODE_STOPPED)))),
    drained: named(of('old').filter((host) => has(host, TELLING_STEPS.NODE_STOPPED) && !host.running)),
    switchedApps: switched,
    pointedApps: switched,
  });
  if (tearingDown) m.state.set({ rollback: undefined });
  else goBack(m, from, `clean-up after a run that ended in phase ${from}`);
  sayIfLost(m, survey);
}

/**
 * New nodes are started after the hub has recorded how the cluster was set, and their records end before that one: a hub without it has
 * lost it, and the second one went with the history of the run.
 */
function sayIfLost(m: Migration, { hosts, settingsKept }: Survey): void {
  const joined = hosts.some(({ role, steps }) =>
    steps.some(({ step }) => role === 'new' && step === TELLING_STEPS.NODE_STARTED),
  );
  if (settingsKept || !joined) return;
  const { name } = m.plan.hosts.hub;
  const reason =
    `${name} has lost its record of how the cluster was set, though new nodes had joined: what was changed there is not put back. ` +
    'Look at GET _cluster/settings yourself (rebalance.enable, recovery.max_bytes_per_sec, exclude._name), and at replicas of indices';
  m.state.audit({ kind: 'record-lost', accepted: false, reason });
}

function goBack(m: Migration, from: Phase, reason: string): void {
  m.state.set({ rollback: { by: 'cleanUp', reason, cancelled: false, at: now(), from } });
}

function oldestFirst(hosts: HostSurvey[]): HostSurvey[] {
  const at = ({ steps }: HostSurvey) => steps.find(({ step }) => step === TELLING_STEPS.NODE_STOPPED)?.at ?? '';
  return [...hosts].sort((a, b) => at(a).localeCompare(at(b)));
}

/**
 * The phases of which something is recorded, each from its first record on.
 * @param settingsKept after a rollback that came to its last proof nothing else tells of join
 */
function reachedPhases(entries: LedgerEntry[], settingsKept: boolean): { phase: Phase; startedAt: string }[] {
  return PHASES.flatMap((phase) => {
    const [first] = entries.filter((entry) => entry.phase === phase).sort((a, b) => a.at.localeCompare(b.at));
    if (first) return [{ phase, startedAt: first.at }];
    return settingsKept && ['bridge', 'join'].includes(phase) ? [{ phase, startedAt: now() }] : [];
  });
}
