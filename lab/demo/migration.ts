import { setTimeout as sleep } from 'node:timers/promises';
import type { Status } from '../../src/contract/messages';
import { runLink } from '../../src/links';
import type { PlanInput } from '../../src/plan/schema';
import { startLife, type LifeCounts } from '../life/life';
import { shapeOf } from '../shapes';
import { startJudge, verdict, type Judge, type JudgeEvidence, type Word } from '../judge';
import { checkFigures } from './compose-figures';
import { foresee } from './foresee';
import type { Narrator } from './narrator';
import { operate, startMigration, type Ended, type OperateOptions } from './operator';
import type { DemoOptions } from './options';
import { writePlan, type Stage } from './stage';
import { tellVerdict } from './verdict';

/** Seconds of the apps' ordinary life that the judge compares with. */
const BASELINE_SECONDS = 20;
/** Longest time for which the apps go on working after the migration to get there, seconds. */
const LONGEST_REST_SECONDS = 300;

/** What came of a demo. */
export interface Judged {
  /** What was not as it must be. */
  broken: string[];
  /** From the judge; absent when it could not judge. */
  evidence?: JudgeEvidence;
}

/** Runs the migration under the judge's eyes and tells the verdict. */
export async function migrateAndJudge(
  stage: Stage,
  options: DemoOptions,
  narrator: Narrator,
  signal: AbortSignal,
): Promise<Judged> {
  const { life: names = [] } = shapeOf(options.shape);
  const life =
    names.length > 0
      ? await narrator.timed('life beside the apps begins', () => startLife(stage.lab, names))
      : undefined;
  const judge = await startJudge({ lab: stage.lab, outDir: stage.out });
  try {
    await narrator.timed(`the apps' ordinary life for ${BASELINE_SECONDS} s, to compare with`, () =>
      sleep(BASELINE_SECONDS * 1000, undefined, { signal }),
    );
    judge.markStart();
    const words: Word[] = [];
    const { ended, plan } = await migrate(stage, options, judge, words, narrator, signal);
    await stage.project?.fetchReports(stage.out);
    const measured = stage.project ? await checkFigures(stage.project, narrator) : true;
    const mode = options.rollback === undefined ? 'migrated' : 'rolled-back';
    if (!ended.ok || ended.outcome !== mode) {
      const how = ended.message ?? `it is ${ended.outcome ?? 'nothing that it says'}, and not ${mode}`;
      narrator.result(false, `the migration did not end well: ${how}`);
      return { broken: [`it did not end well: ${how}`] };
    }
    await workOn(judge, options.requests, narrator, signal);
    const lived = await life?.stop();
    if (lived) tellLife(narrator, lived);
    const evidence = await narrator.timed("the judge's look at every host, every write and every request", () =>
      // What a person says elsewhere, nobody here can know.
      judge.finish({ mode, replicas: replicasOf(plan), ...(options.manual ? {} : { words }) }),
    );
    const { broken } = verdict(evidence, { minRequests: options.requests, mode });
    tellVerdict(narrator, stage.out, evidence, broken);
    if (options.json) process.stdout.write(`${JSON.stringify(evidence, null, 2)}\n`);
    const died = (lived?.broken ?? []).map((words) => `life beside the apps: ${words}`);
    return {
      broken: [...broken, ...died, ...(measured ? [] : ['the figures of docker-compose.yml were not there'])],
      evidence,
    };
  } finally {
    await life?.stop();
    await judge.stop();
  }
}

/**
 * One migration as an operator goes about it: where preflight refuses the plan because an index can't fit on the new
 * side, the plan gets what the refusal asks for, and the migration is started again.
 */
async function migrate(
  stage: Stage,
  options: DemoOptions,
  judge: Judge,
  words: Word[],
  narrator: Narrator,
  signal: AbortSignal,
): Promise<{ ended: Ended; plan: PlanInput }> {
  const workflowId = `bigswitch-${stage.plan.name}`;
  const run = async (plan: PlanInput) => {
    await narrator.timed('dry run: what the migration would do', () => foresee(stage, plan, judge, narrator));
    const ended = await narrator.timed('migration', async () => {
      await startMigration(stage.temporal, workflowId, writePlan(stage, 'plan', plan));
      narrator.event(runLink(stage.temporal.uiUrl, workflowId));
      return operate(stage.temporal, workflowId, narrator, {
        manual: options.manual,
        signal,
        said: (word) => words.push(word),
        ...(options.rollback === undefined ? { watch: lookAtGates(judge) } : turningRound(stage, workflowId, narrator)),
      });
    });
    return { ended, plan };
  };
  const first = await run(stage.plan);
  const indices = askedReplicas(first.ended.message ?? '');
  if (first.ended.ok || Object.keys(indices).length === 0) return first;
  narrator.warn(first.ended.message ?? '');
  narrator.event(
    `the plan gets what was asked for, and the migration is started again: ${JSON.stringify({ indices })}`,
  );
  return run({ ...stage.plan, indices });
}

/** Says no word at the first gate behind the big switch, but that all is to go back. */
function turningRound(stage: Stage, workflowId: string, narrator: Narrator): Pick<OperateOptions, 'holds' | 'watch'> {
  const isThere = (gate: string | undefined) => gate?.startsWith('drain:') === true;
  let said = false;
  return {
    holds: ({ gate }) => isThere(gate),
    watch: async ({ gate }) => {
      if (said || !isThere(gate?.gate)) return;
      said = true;
      const wish = { by: 'demo-operator', reason: 'to show that there is a way back' };
      await stage.temporal.cli([
        ...['workflow', 'signal', '--workflow-id', workflowId, '--name', 'rollback'],
        ...['--input', JSON.stringify(wish)],
      ]);
      narrator.part(`gate ${gate?.gate} is open, and all is to go back`);
    },
  };
}

/**
 * Looks at hosts and shards once at each of two gates: before the big switch, and before teardown, when every shard is where
 * the migration put it and the cluster's own balancer, which is on again afterwards, has not moved any yet.
 */
function lookAtGates(judge: Judge): (status: Status) => Promise<void> {
  const names = new Map([
    ['big-switch', 'switch'],
    ['teardown', 'teardown'],
  ]);
  return async ({ gate }) => {
    const name = names.get(gate?.gate ?? '');
    if (name === undefined) return;
    names.delete(gate?.gate ?? '');
    await judge.look(name);
  };
}

/** Tells what went on beside the apps. */
function tellLife(narrator: Narrator, { turns, broken }: LifeCounts): void {
  const all = Object.entries(turns).map(([habit, count]) => `${habit} ${count} times`);
  narrator.result(broken.length === 0, `beside the apps: ${all.join(', ')}`);
  for (const words of broken) narrator.result(false, words);
}

/** The replicas that a plan asks for, by index. */
export function replicasOf({ indices = {} }: Pick<PlanInput, 'indices'>): Record<string, number> {
  return Object.fromEntries(Object.entries(indices).map(([index, { replicas }]) => [index, replicas]));
}

/** The replica counts that a refusal asks for, as `indices."NAME".replicas: N`. */
export function askedReplicas(message: string): Record<string, { replicas: number }> {
  const asked = [...message.matchAll(/indices\."([^"]+)"\.replicas: (\d+)/g)];
  return Object.fromEntries(asked.map(([, name = '', count]) => [name, { replicas: Number(count) }]));
}

/** Lets the apps go on until there are enough requests to prove something. */
export async function workOn(judge: Judge, enough: number, narrator: Narrator, signal: AbortSignal): Promise<void> {
  for (let second = 0; second < LONGEST_REST_SECONDS; second += 5) {
    const requests = await judge.requestsSoFar();
    if (requests >= enough) return;
    if (second === 0) narrator.event(`${requests} requests so far; the apps go on until there are ${enough}`);
    await sleep(5000, undefined, { signal });
  }
}
