import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../../src/contract/activities';
import { needOwnWord } from '../../../src/activities/word';
import { claimSentence } from '../../../src/contract/claim';
import type { DryRun } from '../../../src/contract/dry-run';
import type { Evidence } from '../../../src/contract/evidence';
import type { Notice } from '../../../src/contract/notice';
import type { NotifyInput, SideActivities } from '../../../src/contract/side-activities';
import { TELLING_STEPS, type LedgerEntry } from '../../../src/contract/ledger';
import { UNDER } from '../../../src/contract/under';
import type { Phase } from '../../../src/contract/phases';
import type { MoveProgress } from '../../../src/contract/progress';
import { allHosts } from '../../../src/plan/hosts';
import { parsePlan } from '../../../src/plan/parse';
import type { PlanInput } from '../../../src/plan/schema';
import { FakeLedger } from './fake-ledger';
import { planInput } from './plan';

/** One call of an activity, as the world saw it. */
export interface Call {
  name: keyof Activities;
  input: unknown;
  /** Run that asked. */
  runId: string;
}

type Answers = { [K in keyof Activities]?: Activities[K] };

/** Activities that only look; everything else changes the world. */
const LOOKS = /^(preflight|dryRun|survey|prove|gather|drainOrder|observe|writeReport|watchApps)/;

/**
 * A world in memory that answers as a healthy one would, and remembers every call. A test replaces single answers, and
 * may do anything while an answer is awaited.
 */
export class FakeWorld {
  readonly calls: Call[] = [];
  readonly stopped: string[] = [];
  /** Calls that have no answer yet. */
  underWay = 0;
  /** What people were told, attempts that failed included. */
  readonly notices: NotifyInput[] = [];
  /** How a receiver answers; a test replaces it. */
  receive: (input: NotifyInput) => Promise<void> = async () => undefined;
  /** What hosts and hub have recorded; a run that is terminated leaves it as it is. */
  readonly ledger = new FakeLedger();
  /** Facts that a gate's evidence is made of; a test changes them. */
  facts: Evidence['facts'] = [{ name: 'green', ok: true, seen: 'all shards are started' }];
  private readonly plan;

  constructor(
    input: PlanInput,
    readonly answers: Answers = {},
  ) {
    this.plan = parsePlan(input);
  }

  /**
   * Names of the calls so far, for example `undoHost new-1`; without the watch.
   * @param runId those of this run only: what a run that was terminated had under way may still come
   */
  said(filter: RegExp = /./, runId?: string): string[] {
    return this.calls
      .filter((call) => call.name !== 'observe' && (runId === undefined || call.runId === runId))
      .map(describe)
      .filter((line) => filter.test(line));
  }

  /** Calls that changed the world, of all runs or of one. */
  changes(runId?: string): string[] {
    return this.said(/./, runId).filter((line) => !LOOKS.test(line));
  }

  /** Answers one call. */
  async answer(name: keyof Activities, input: unknown): Promise<unknown> {
    const { runId = '' } = activityInfo().workflowExecution ?? {};
    this.calls.push({ name, input, runId });
    const answers = { ...this.standard(), ...this.answers } as unknown as Record<
      string,
      (input: unknown) => Promise<unknown>
    >;
    this.underWay += 1;
    try {
      const result = await answers[name]?.(input);
      this.ledger.note(name, input, result);
      return result;
    } finally {
      this.underWay -= 1;
    }
  }

  /** The answers of a healthy world. */
  standard(): Activities {
    const step = (phase: Phase, id: string) => async (input?: object) => {
      const host = input && 'host' in input ? String(input.host) : 'hub';
      return [entry(host, phase, id)];
    };
    const proof = (proven: string) => async () => ({ proven, facts: {} });
    return {
      preflightHost: async ({ host }) => [
        { name: 'ssh', subject: host, result: 'ok', seen: 'reached', waivable: false },
      ],
      preflightCluster: async () => ({
        facts: {
          clusterName: 'shop',
          version: '7.17.28',
          nodes: 2,
          indices: 6,
          shards: 20,
          documents: 100_000,
          primaryBytes: 1e8,
          totalBytes: 2e8,
        },
        checks: [],
      }),
      dryRun: async () => dryRunOf(this.plan.name),
      claimHost: async ({ host, owner, run, from }) => {
        const place = { namespace: 'default', server: 'here' };
        // A claim that is still there when somebody asks is one of a run that was terminated.
        const claim = { migration: this.plan.name, owner, run, ...place, over: true };
        const holder = this.ledger.claim(host, claim, from);
        if (holder.run !== run) throw lasting(`${host} is held by ${claimSentence(holder)}`, 'PreflightFailed');
      },
      releaseHost: async () => undefined,
      installBridgeHub: step('bridge', 'bridge-hub'),
      installBridgeClient: step('bridge', 'bridge-client'),
      proveBridge: async () => ({ clients: 4, crossPairs: 8, mtu: 1420, throughputMBps: 30 }),
      installRedirect: step('redirect', 'redirect-rules'),
      proveRedirects: proof('every real address answers'),
      prepareClusterForJoin: step('join', 'cluster-join'),
      configureNewNode: step('join', 'config'),
      alignOldNode: step('join', 'config'),
      startNewNode: step('join', TELLING_STEPS.NODE_STARTED),
      proveJoin: proof('4 nodes see 4 nodes'),
      keepAgain: async () => ({ lost: [] }),
      setThrottle: step('replicate', 'throttle'),
      prepareIndices: step('replicate', 'indices'),
      replicate: async () => moved(0),
      proveReplicated: proof('a copy on both sides'),
      installFront: step('front', 'haproxy'),
      proveFronts: proof('every front answers'),
      gatherEvidence: async ({ gate }) => ({
        gate,
        takenAt: new Date().toISOString(),
        run: activityInfo().workflowExecution?.runId,
        holds: this.facts.every((fact) => fact.ok),
        facts: this.facts,
      }),
      switchApp: step('switch', TELLING_STEPS.APP_SWITCHED),
      watchApps: proof('healthy'),
      moveQuorum: step('switch', 'quorum'),
      proveSwitched: proof('no app on old nodes'),
      drainOrder: async () =>
        this.plan.hosts.old.map((host) => host.name).filter((host) => !this.stopped.includes(host)),
      excludeNode: step('drain', 'exclude'),
      excludeNodes: async ({ hosts }) => hosts.map((host) => entry(host, 'drain', 'exclude')),
      drain: async () => moved(0),
      stopNode: async ({ host }) => {
        this.stopped.push(host);
        return [entry(host, 'drain', TELLING_STEPS.NODE_STOPPED)];
      },
      setExpectedNodes: async ({ host, expected }) => [entry(host, 'drain', `expected-${expected}`)],
      removeRedirectsFor: async ({ host, gone }) => [entry(host, 'drain', `without-${gone}`)],
      proveDrained: proof('gone'),
      pointSeedsAtNew: step('teardown', 'seeds'),
      restoreCluster: async () => ({ host: 'hub', undone: ['cluster'] }),
      undoHost: async ({ host, phases }) => ({ host, undone: phases ?? ['all'] }),
      forgetHost: async () => undefined,
      proveTornDown: proof('nothing of ours is left'),
      markTeardown: async () => undefined,
      unmarkTeardown: async () => undefined,
      surveyHosts: async () => this.ledger.survey(allHosts(this.plan)),
      proveOldNodesServe: proof('old nodes serve'),
      proveAppsCanReturn: proof('every app reaches an old node'),
      proveRoomAtHome: proof('the old nodes have room'),
      proveRejoined: proof('all nodes see all nodes'),
      proveNewSideUnused: proof('nobody is connected'),
      proveGone: proof('the new nodes are gone'),
      proveLost: proof('the cluster does without it'),
      awaitCopies: async () => moved(0),
      proveRolledBack: proof('all is as it was'),
      observe: noSamplesYet,
      writeReport: async () => ({ html: 'out/report.html', json: 'out/report.json' }),
    };
  }

  /** Names of all hosts. */
  hosts(): string[] {
    return allHosts(this.plan).map((host) => host.name);
  }
}

/** What a worker takes: each call is answered by the world of the workflow that asks. */
export function answeredBy(worldOf: (workflowId: string) => FakeWorld): Activities & Pick<SideActivities, 'notify'> {
  const world = () => worldOf(activityInfo().workflowExecution?.workflowId ?? '');
  const names = Object.keys(new FakeWorld(planInput()).standard()) as (keyof Activities)[];
  const entries = names.map((name) => {
    const answer = (input: unknown, under?: unknown) => {
      needOwnWord(UNDER.safeParse(under).data?.word, activityInfo().workflowExecution?.runId);
      return world().answer(name, input);
    };
    return [name, answer] as const;
  });
  const notify = async (input: NotifyInput) => {
    world().notices.push(input);
    await world().receive(input);
  };
  return { ...(Object.fromEntries(entries) as unknown as Activities), notify };
}

/** What a receiver was told: each notice once, in the order in which it happened. */
export function told(world: FakeWorld, receiver = 'chat'): Notice[] {
  const notices = world.notices.filter((one) => one.receiver.name === receiver).map(({ notice }) => notice);
  const known = new Map(notices.map((notice) => [notice.id, notice]));
  return [...known.values()].sort((a, b) => a.at.localeCompare(b.at));
}

/** Progress with this share of 100 shards and bytes left. */
export function moved(left: number): MoveProgress {
  return {
    done: left === 0,
    shardsTotal: 100,
    shardsLeft: left,
    bytesTotal: 100e6,
    bytesLeft: left * 1e6,
    bytesPerSecond: 2 ** 20,
    etaSeconds: left,
  };
}

/** The dry run of a migration in which nothing is to be done. */
export function dryRunOf(name: string): DryRun {
  return {
    schemaVersion: 1,
    name,
    takenAt: '2026-01-02T03:04:05.000Z',
    hosts: [],
    steps: [],
    settings: [],
    gates: [],
    moves: [],
    bytes: { bridge: 0, oldNetwork: 0, newNetwork: 0, measurement: 0 },
    link: { basis: 'given', lowMBps: 1, highMBps: 1, why: 'given', measured: [] },
    time: { total: { low: 0, high: 0 }, phases: [] },
    disks: [],
    risks: [],
    checks: { ok: 0, warn: 0, failed: 0 },
    unknown: [],
  };
}

/** A retry far away: the watch is always there, and never keeps a server from skipping time. */
export async function noSamplesYet(): Promise<never> {
  throw ApplicationFailure.create({ message: 'no samples yet', nextRetryDelay: '1 hour' });
}

/** A failure that no retry cures. */
export function lasting(message: string, type = 'ClusterRefused'): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}

/** A change that was made and recorded. */
export function entry(host: string, phase: Phase, step: string): LedgerEntry {
  return { host, phase, step, summary: `${step} on ${host}`, changed: true, at: new Date().toISOString() };
}

function describe({ name, input }: Call): string {
  const { host, gate, to, phases } = (input ?? {}) as { host?: string; gate?: string; to?: string; phases?: Phase[] };
  return [name, host ?? gate ?? to, ...(phases ?? [])].filter((part) => part !== undefined).join(' ');
}
