import { createHash } from 'node:crypto';
import { FAILURES } from '../../src/contract/failures';
import { workflowIdOf } from '../../src/contract/names';
import type { AskParentInput, DrainAsked } from '../../src/contract/side-activities';
import { parsePlan } from '../../src/plan/parse';
import { answerAside, Attempts, changes } from './attempts';
import type { Fault, Said, Scenario } from './incidents';
import { Judge, type Violation } from './judge';
import { PatientPeople } from './people';
import { chance } from './random';
import { Sender } from './sender';
import type { ActivityCall } from './temporal/activities';
import type { Execution } from './temporal/execution';
import type { Sandbox } from './temporal/sandbox';
import { Server } from './temporal/server';
import { answersOf, fail } from './world/answers';
import { randomPlan } from './world/plan';
import { World } from './world/world';

/** What came of one scenario. */
export interface Outcome {
  scenario: Scenario;
  /** How the last run ended. */
  ended: string;
  violations: Violation[];
  trace: string[];
  /** The same for the same scenario and code, always. */
  hash: string;
  /** Workflow tasks, and virtual seconds. */
  steps: number;
  seconds: number;
}

/** With patient people a run ends long before. */
const LONGEST_DAYS = 10;
const MOST_STEPS = 60_000;
const DAY = 24 * 60 * 60_000;

/** Plays one scenario to its end, or to the first rule that is broken for good. */
export function simulate(scenario: Scenario, sandbox: Sandbox): Outcome {
  const { seed, incidents } = scenario;
  const input = randomPlan(seed, scenario.size);
  const plan = parsePlan(input);
  const workflowId = workflowIdOf(plan.name);
  let ended = '';
  let wedged = false;

  const judge = new Judge(
    () => server,
    new World(
      plan,
      seed,
      () => server.clock.now,
      (host, copies) => judge.stopped(host, copies),
    ),
    workflowId,
  );
  const { world } = judge;
  const answers = answersOf(world, (run) => server.running(workflowId)?.info.firstExecutionRunId !== run);
  const answer = (call: ActivityCall): unknown => {
    const does = answers[call.name as keyof typeof answers] as ((input: unknown, id: string) => unknown) | undefined;
    if (call.name === 'askParent') return answerChild(server, call.input as AskParentInput);
    if (!does) return answerAside(call.name);
    const result = does(call.input, call.execution.name);
    if (changes(call.name)) server.say(`  ${call.name} acts`);
    judge.acted(call, result);
    return result;
  };
  const faults = incidents.filter((one): one is Fault => one.kind === 'fault');
  const attempts = new Attempts(
    seed,
    plan,
    faults,
    () => server.clock.now,
    (line) => server.say(line),
    answer,
  );
  const server: Server = new Server(seed, sandbox, {
    attempt: (call) => attempts.of(call),
    scheduled: (call) => {
      judge.scheduled(call);
      sender.scheduled();
    },
    told: (execution, jobs) => judge.told(execution, jobs),
    afterTask: (execution) => {
      judge.afterTask(execution);
      sender.shown(judge.gate);
    },
    taskFailed: (execution, error) => {
      wedged = true;
      judge.broken('a-task-never-throws', `${execution.name}: ${String(error)}`);
    },
    payload: (_execution, what, bytes) => judge.payload(what, bytes),
    closed: (execution) => {
      if (execution.name !== workflowId) return;
      ended = outcomeOf(server, execution);
      judge.ended(execution, ended);
    },
    replayed: incidents.some((one) => one.kind === 'said' && one.what === 'evict'),
    suggestAfter: (id, runs) => suggestAfter(seed, id, runs),
  });
  const said = incidents.filter((one): one is Said => one.kind === 'said');
  const sender = new Sender(seed, said, server, world, workflowId, input, (rule, what) => judge.broken(rule, what));
  new PatientPeople(seed, server, workflowId, () => {
    const run = server.running(workflowId);
    if (run) judge.looked(run);
  }).begin();

  server.start('migrateCluster', workflowId, [input]);
  const end = server.clock.now + LONGEST_DAYS * DAY;
  let steps = 0;
  while (!wedged && (server.running(workflowId) || sender.cleanUpComes)) {
    server.clock.step();
    steps += 1;
    if (steps > MOST_STEPS || server.clock.now > end) {
      const details = server.running(workflowId)?.currentDetails ?? '';
      judge.broken('ends-with-patient-people', `it has not ended; it says: ${details.slice(0, 300)}`);
      break;
    }
  }
  server.dispose();
  const { trace } = server;
  const hash = createHash('sha256').update(trace.join('\n')).digest('hex').slice(0, 16);
  const seconds = Math.round((server.clock.now - (end - LONGEST_DAYS * DAY)) / 1000);
  return { scenario, ended, violations: judge.violations, trace, hash, steps, seconds };
}

/** Whether a migration waits for a drain; it is asked itself. */
function answerChild(server: Server, { parent, host, run }: AskParentInput): void {
  const execution = server.running(parent);
  const drains = execution && server.query<DrainAsked | null>(execution, 'drains');
  if (drains?.host !== host || drains.run !== run) fail(`${parent} does not wait for it`, FAILURES.NOT_ASKED);
}

/** Half of the seeds have runs that are told to go on in a new one again and again, at any event. */
function suggestAfter(seed: number, workflowId: string, runs: number): number {
  if (chance(seed, 'long') < 0.5) return 10_240;
  return 30 + Math.floor(chance(seed, 'suggest', workflowId, runs) * 400);
}

function outcomeOf(server: Server, { status, result }: Execution): string {
  if (status === 'completed' && result) return (server.read(result) as { outcome: string }).outcome;
  return status === 'cancelled' ? 'rolled-back' : status;
}
