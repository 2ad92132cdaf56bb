import { must, type Play } from '../play';
import type { ChaosScenario } from '../scenario';
import { ACTIVITY_NAMES, CHANGES, LOOKS } from '../../../src/contract/activities';
import { AT_THE_END } from '../fault-log';
import type { Pending } from '../pending';
import { nextBuild } from '../workers';

/** A dead worker is noticed after a minute: more kills than these make a run too long. */
const KILLS = 3;
/** What a host was told it ends in this time, though its worker hears nothing of it. */
const APPLY_MS = 8_000;

/** Looks once for an activity of one of these kinds at which to strike now. */
type Look = (play: Play, left: ReadonlySet<string>) => Promise<Pending | undefined>;

/** One that the worker has just taken; what a dead worker had taken, the server calls started until it times out. */
const taken: Look = async (play, left) =>
  (await play.pending()).find(
    (each) => left.has(each.name) && each.started && each.startedAt > play.workers.lastKilledAt,
  );

/** One that was there at the look before, and has been completed since. */
function completed(): Look {
  let before: Pending[] = [];
  return async (play, left) => {
    const now = await play.pending();
    const gone = before.find((each) => left.has(each.name) && !now.some(({ key }) => key === each.key));
    before = now;
    return gone;
  };
}

/** Strikes once at each of these kinds of activity. */
async function atEach(
  play: Play,
  names: readonly string[],
  look: Look,
  strike: (name: string) => Promise<void>,
): Promise<void> {
  const left = new Set(names);
  try {
    while (left.size > 0) {
      const { name } = await play.until(() => look(play, left), 30);
      left.delete(name);
      await strike(name);
    }
  } catch (error) {
    // Some activities are so short that no look at the server finds them under way, and some are for other runs.
    if (play.faults.struck.length === 0 || !play.signal.aborted) throw error;
    play.struck(`not met: ${[...left].join(', ')}`, AT_THE_END);
  }
}

/** Kills the worker and starts another one. */
export async function killAndReplace(play: Play, name: string, what: string): Promise<void> {
  await play.workers.kill();
  play.struck(`worker killed with SIGKILL ${what} ${name}`, name);
  await play.pause(play.dice.between(200, 3_000));
  await play.workers.start();
}

const atStart = (play: Play, names: readonly string[]) =>
  atEach(play, names, taken, (name) => killAndReplace(play, name, 'at the start of'));

const afterApply = (play: Play, names: readonly string[]) =>
  atEach(play, names, taken, async (name) => {
    // So that the host was told.
    await play.pause(play.dice.between(50, 1_500));
    await play.workers.freeze();
    await play.pause(APPLY_MS);
    await killAndReplace(play, name, 'after the apply and before the completion of');
  });

const atCompletion = (play: Play, names: readonly string[]) =>
  atEach(play, names, completed(), (name) => killAndReplace(play, name, 'at the completion of'));

/** The worker dies. */
export const WORKER_SCENARIOS: ChaosScenario[] = [
  {
    name: 'worker-killed-at-start',
    about: `the worker is killed with SIGKILL as soon as it has taken an activity, ${KILLS} times`,
    strikes: 'activities chosen by seed',
    expected: 'migrated',
    minutes: 8,
    run: (play) => atStart(play, play.dice.some([...CHANGES, ...LOOKS], KILLS)),
  },
  {
    name: 'worker-killed-after-apply',
    about: `the worker is stopped while a host does what it was told, and killed before it hears of it, ${KILLS} times`,
    strikes: 'activities that change something, chosen by seed',
    expected: 'migrated',
    minutes: 9,
    run: (play) => afterApply(play, play.dice.some(CHANGES, KILLS)),
  },
  {
    name: 'worker-killed-at-completion',
    about: `the worker is killed with SIGKILL right after an activity of it was completed, ${KILLS} times`,
    strikes: 'activities chosen by seed',
    expected: 'migrated',
    minutes: 6,
    run: (play) => atCompletion(play, play.dice.some([...CHANGES, ...LOOKS], KILLS)),
  },
  {
    name: 'worker-killed-at-every-start',
    about: 'the worker is killed with SIGKILL as soon as it has taken an activity, once at each kind',
    strikes: 'every kind of activity that is met',
    expected: 'migrated',
    minutes: 45,
    run: (play) => atStart(play, ACTIVITY_NAMES),
  },
  {
    name: 'worker-killed-after-every-apply',
    about:
      'the worker is stopped while a host does what it was told, and killed before it hears of it, once at each kind',
    strikes: 'every kind of activity that changes something',
    expected: 'migrated',
    minutes: 35,
    run: (play) => afterApply(play, CHANGES),
  },
  {
    name: 'worker-killed-at-every-completion',
    about: 'the worker is killed with SIGKILL right after an activity of it was completed, once at each kind',
    strikes: 'every kind of activity that is met',
    expected: 'migrated',
    minutes: 30,
    run: (play) => atCompletion(play, ACTIVITY_NAMES),
  },
  {
    name: 'one-of-two-workers-killed',
    about: 'two workers share the work; one is killed with SIGKILL and stays away',
    strikes: 'an activity chosen by seed',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      await play.workers.start('worker-2');
      // The second worker needs some seconds to come up: the first activities may be over by then.
      const name = play.dice.pick([
        'installRedirect',
        'startNewNode',
        'replicate',
        'installFront',
        'switchApp',
        'drain',
      ]);
      await play.activity(name);
      const victim = play.dice.pick(['worker', 'worker-2']);
      await play.workers.kill(victim);
      play.struck(`${victim} killed with SIGKILL during ${name}; the other one goes on`, name);
    },
  },
  {
    name: 'worker-replaced-by-newer-build',
    about: 'the worker is stopped in good order and one of a newer build takes over',
    strikes: 'a phase chosen by seed',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      const dist = nextBuild(play.stage.out, 'next');
      const phase = play.dice.pick(['bridge', 'join', 'replicate', 'front', 'drain'] as const);
      await play.inPhase(phase);
      await play.workers.stop();
      play.struck('worker stopped');
      await play.workers.start('worker-next', dist);
      play.struck('worker of a newer build started');
      const builds = await play.until(async () => {
        const found = await buildIds(play);
        return found.size > 1 ? found : undefined;
      }, 2_000);
      must(builds.size === 2, `the history names the builds ${[...builds].join(', ')}`);
    },
  },
  {
    name: 'approval-while-no-worker-runs',
    about: 'pause, resume and the approval of the big switch are sent while the worker is dead',
    strikes: 'gate big-switch',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      const gate = await play.atGate('big-switch');
      await play.workers.kill();
      play.struck('worker killed with SIGKILL; pause, resume and an approval are sent');
      await play.handle.signal('pause', { by: 'ann', reason: 'nobody is there' });
      await play.handle.signal('resume', { by: 'ann' });
      play.words.push({ gate: gate.gate, at: Date.now() });
      await play.handle.signal('approve', { gate: gate.gate, token: gate.token, by: 'ann' });
      await play.pause(play.dice.between(3_000, 15_000));
      await play.workers.start();
      await play.inPhase('drain');
      play.release();
      // That the gate was passed is an entry of its own.
      const said = (await play.audit())
        .filter(({ by, accepted, kind }) => by === 'ann' && accepted && kind !== 'gate-passed')
        .map(({ kind }) => kind);
      must(said.join() === 'pause,resume,approve', `of pause, resume and approve, accepted were: ${said.join(', ')}`);
    },
  },
];

/** Builds that worked on the run so far, by what each workflow task says. */
async function buildIds(play: Play): Promise<Set<string>> {
  const { events } = await play.handle.fetchHistory();
  const ids = (events ?? []).flatMap((event) => {
    const id = event.workflowTaskCompletedEventAttributes?.workerVersion?.buildId;
    return id ? [id] : [];
  });
  return new Set(ids);
}
