import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Status } from '../../src/contract/messages';
import { Cleanup } from '../demo/cleanup';
import { replicasOf, workOn } from '../demo/migration';
import type { Narrator } from '../demo/narrator';
import { operate, startMigration, type Ended } from '../demo/operator';
import { prepareStage, writePlan, type Stage } from '../demo/stage';
import { startJudge, verdict, type Judge, type JudgeEvidence } from '../judge';
import { CHAOS_OUT } from '../paths';
import type { Tools } from '../setup/tools';
import { Dice, seedOf } from './dice';
import { FaultLog } from './fault-log';
import { Play } from './play';
import { resultOf, type ChaosResult } from './result';
import type { ChaosScenario } from './scenario';
import { RESULTS_OUT, undisturbedSeconds } from './stored';
import { storeResult } from '../record/stored';
import { Workers } from './workers';

/** Seconds of the apps' ordinary life before each run. */
const BASELINE_SECONDS = 10;
/** Fewer requests prove nothing; a rollback from an early phase is over soon. */
const MIN_REQUESTS = 5_000;
/** A run that takes longer than this, and than twice what its scenario says, hangs, whatever it says. */
const LIMIT_MINUTES = 25;
/** What a fault needs to undo itself, at most. */
const UNDO_MS = 5_000;
/** A person looks at a blocked run after so long, and sends `resume`. */
const RESUME_AFTER_MS = 10_000;
/** A run that is blocked more often gets no further by itself. */
const MOST_RESUMES = 12;

/** Says a person who lets a run go on. */
const RESUME = { by: 'chaos-operator', reason: 'the fault is over' };

/** What all scenarios of one call have in common. */
export interface ChaosContext {
  tools: Tools;
  about: Pick<ChaosResult, 'seed' | 'commit' | 'es' | 'docs'>;
  narrator: Narrator;
  signal: AbortSignal;
  /** Leave everything up at the end. */
  keep: boolean;
}

/** Runs one scenario on a lab of its own and has it judged. @throws Error when it was interrupted */
export async function runScenario(scenario: ChaosScenario, context: ChaosContext): Promise<ChaosResult> {
  const { narrator, signal, about, tools } = context;
  const out = join(CHAOS_OUT, scenario.name);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  narrator.part(`chaos: ${scenario.name} (${scenario.about}); expected: ${scenario.expected}`);
  const cleanup = new Cleanup();
  try {
    const stage = await prepareStage({ tools, options: { ...about, old: 3, new: 3 }, out, narrator, cleanup, signal });
    const workers = new Workers(out, stage.temporal, stage.worker);
    cleanup.add('the workers', () => workers.stopAll());
    const judge = await startJudge({ lab: stage.lab, outDir: out });
    cleanup.add('the judge', () => judge.stop());
    await sleep(BASELINE_SECONDS * 1000, undefined, { signal });
    judge.markStart();
    const result = await disturbAndJudge(scenario, stage, workers, judge, context);
    storeResult(result, result.scenario, RESULTS_OUT);
    narrator.result(result.ok, result.ok ? `${scenario.name}: every promise was kept` : result.broken.join('\n'));
    return result;
  } finally {
    if (context.keep && !signal.aborted) cleanup.forget();
    else await cleanup.run(narrator);
  }
}

async function disturbAndJudge(
  scenario: ChaosScenario,
  stage: Stage,
  workers: Workers,
  judge: Judge,
  { about, narrator, signal }: ChaosContext,
): Promise<ChaosResult> {
  const workflowId = `bigswitch-${stage.plan.name}`;
  const faults = new FaultLog((line) => narrator.warn(line));
  const over = new AbortController();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(Math.max(LIMIT_MINUTES, 2 * scenario.minutes) * 60_000)]);
  const play = new Play(
    stage,
    workflowId,
    workers,
    new Dice(seedOf(about.seed, scenario.name)),
    faults,
    AbortSignal.any([limit, over.signal]),
  );
  const broken: string[] = [];
  const began = Date.now();
  const plan = scenario.plan?.(stage.plan) ?? stage.plan;
  await startMigration(stage.temporal, workflowId, writePlan(stage, 'plan', plan));
  const acted = scenario.run(play).catch(async (error: Error) => {
    broken.push(`the disturbance did not go as it should: ${reason(error, over.signal)}`);
    play.release();
    // It may have paused the run, which would then wait for nobody.
    await play.handle.signal('resume', { ...RESUME, all: true }).catch(() => undefined);
  });
  const operator = new Operator(play, narrator, limit);
  const ended = await operator.toTheEnd().catch((error: Error): Ended => {
    signal.throwIfAborted();
    const { doing, blocked } = play.status ?? {};
    return { ok: false, message: `${error.message}; it was at ${play.where}: ${blocked ?? doing}` };
  });
  const seconds = (Date.now() - began) / 1000;
  over.abort(new Error('the migration ended before everything was done to it'));
  await acted;
  signal.throwIfAborted();

  const outcome = outcomeOf(ended);
  if (outcome !== scenario.expected) broken.push(`it ended as ${outcome}: ${ended.message ?? 'without a word'}`);
  let evidence: JudgeEvidence | undefined;
  try {
    await untilOver(faults, narrator, signal);
    if (!limit.aborted) await workOn(judge, MIN_REQUESTS, narrator, signal);
    const replicas = replicasOf(plan);
    evidence = await judge.finish({ mode: scenario.expected, excuses: faults.excuses, replicas, words: play.words });
    const options = { minRequests: MIN_REQUESTS, mode: scenario.expected, faultStarts: faults.starts };
    broken.push(...verdict(evidence, options).broken);
  } catch (error) {
    signal.throwIfAborted();
    broken.push(`the judge can't tell: ${(error as Error).message}`);
  }
  if (broken.length > 0) await keepHistory(stage, workflowId).catch(() => undefined);
  const undisturbed = undisturbedSeconds(about);
  return resultOf({
    ...{ scenario, about, outcome, broken, faults, seconds, evidence, undisturbed },
    resumes: operator.resumes,
  });
}

/** Waits until no fault is in force any more: what one needs in order to undo itself is no leftover of the migration. */
async function untilOver(faults: FaultLog, narrator: Narrator, signal: AbortSignal): Promise<void> {
  const left = faults.overAt + UNDO_MS - Date.now();
  if (left <= 0) return;
  narrator.event(`waits ${Math.ceil(left / 1000)} s until the last fault is over`);
  await sleep(left, undefined, { signal });
}

function reason(error: Error, over: AbortSignal): string {
  return over.aborted ? String((over.reason as Error).message) : error.message;
}

function outcomeOf({ status, outcome, ok }: Ended): string {
  if (outcome !== undefined) return outcome;
  if (status && status.outcome !== 'running') return status.outcome;
  return ok ? 'ended' : 'failed';
}

/** What the server kept of a run that went wrong, for whoever looks for the cause. */
async function keepHistory(stage: Stage, workflowId: string): Promise<void> {
  const history = await stage.temporal.cli(['workflow', 'show', '--workflow-id', workflowId, '--output', 'json']);
  writeFileSync(join(stage.out, 'history.json'), history);
}

/** The person in front of it: approves at the gates, and sends `resume` to a run that is blocked. */
class Operator {
  resumes = 0;
  private blockedSince: number | undefined;

  constructor(
    private readonly play: Play,
    private readonly narrator: Narrator,
    private readonly signal: AbortSignal,
  ) {}

  async toTheEnd(): Promise<Ended> {
    const { play } = this;
    for (;;) {
      const ended = await operate(play.stage.temporal, play.workflowId, this.narrator, {
        manual: false,
        signal: this.signal,
        holds: play.holds,
        said: (word) => play.words.push(word),
        watch: (status) => this.look(status),
      });
      if (!play.next) return ended;
      await play.next;
      play.next = undefined;
    }
  }

  private async look(status: Status): Promise<void> {
    this.play.status = status;
    if (status.blocked === undefined) {
      this.blockedSince = undefined;
      return;
    }
    if (this.blockedSince === undefined) {
      this.blockedSince = Date.now();
      this.narrator.warn(`blocked: ${status.blocked}`);
    }
    if (Date.now() - this.blockedSince < RESUME_AFTER_MS || this.resumes >= MOST_RESUMES) return;
    this.blockedSince = undefined;
    this.resumes += 1;
    await this.play.handle.signal('resume', RESUME);
  }
}
