import { WorkflowUpdateFailedError } from '@temporalio/client';
import { TASK_QUEUE } from '../../../src/client';
import { PHASES } from '../../../src/contract/phases';
import { startMigration } from '../../demo/operator';
import { writePlan } from '../../demo/stage';
import { begunBetween } from '../begun';
import { onHost } from '../hosts';
import { junk } from '../junk';
import { must, type Play } from '../play';
import type { ChaosScenario } from '../scenario';

const JUNK_MESSAGES = 1_000;
/** The workflow of a drain hears of a pause from its parent. */
const RELAY_MS = 1_000;

type Message = Record<string, unknown> & { gate?: string };

/** What an update answered: accepted, or why not. An approval that counts is kept. */
async function said(play: Play, update: 'approve' | 'reject' | 'rollback', message: Message): Promise<string> {
  const at = Date.now();
  try {
    await play.handle.executeUpdate(update, { args: [message] });
    if (update === 'approve' && message.gate !== undefined) play.words.push({ gate: message.gate, at });
    return 'accepted';
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    return error.cause?.message ?? error.message;
  }
}

async function refuses(play: Play, what: string, message: Message, words: RegExp): Promise<void> {
  const answer = await said(play, 'approve', message);
  play.struck(`${what}: ${answer}`);
  must(words.test(answer), `${what} should be refused with ${String(words)}; the answer was: ${answer}`);
}

/** Nothing has been switched or drained. */
async function untouched(play: Play): Promise<void> {
  const { switchedApps, drained, draining } = await play.fresh();
  must(
    switchedApps.length === 0 && drained.length === 0 && draining === undefined,
    'something was switched or drained',
  );
}

/** Sends junk to every signal. @param token one that is right for no message of these */
export async function sendJunk(play: Play, count: number, token: string): Promise<void> {
  const names = ['approve', 'reject', 'pause', 'resume', 'throttle', 'rollback', 'drainNews'];
  for (let sent = 0; sent < count; sent += 50) {
    const messages = Array.from({ length: 50 }, () => {
      const name = play.dice.pick(names);
      return play.handle.signal(name, junk(play.dice, name, token));
    });
    await Promise.all(messages);
  }
  play.struck(`${count} messages of junk`);
}

/** People make mistakes, or several decide at once. */
export const PEOPLE_SCENARIOS: ChaosScenario[] = [
  {
    name: 'approvals-that-must-not-count',
    about: 'approvals before the gate opens, with a wrong token, for a later gate, twice, and with an old token',
    strikes: 'before and at gate big-switch, and at the first drain gate',
    expected: 'migrated',
    minutes: 4,
    run: async (play) => {
      await play.inPhase('bridge');
      await refuses(play, 'approval before any gate', { gate: 'big-switch', token: 'abcd1234', by: 'ann' }, /no gate/);
      const gate = await play.atGate('big-switch');
      const right = { gate: gate.gate, token: gate.token };
      await refuses(play, 'wrong token', { ...right, token: 'abcd1234', by: 'ann' }, /not the token/);
      await refuses(play, 'for a later gate', { ...right, gate: 'drain:old-1', by: 'ann' }, /is not open/);
      await refuses(play, 'for the last gate', { ...right, gate: 'teardown', by: 'ann' }, /is not open/);
      await untouched(play);
      const both = await Promise.all([
        said(play, 'approve', { ...right, by: 'ann' }),
        said(play, 'approve', { ...right, by: 'bob' }),
      ]);
      play.struck(`two people at once: ${both.join(' and ')}`);
      must(
        both.filter((answer) => answer === 'accepted').length === 1,
        `two people at once got: ${both.join(' and ')}`,
      );
      play.hold(({ gate: name }) => name.startsWith('drain:'));
      const drain = await play.until(() =>
        play.status?.gate?.gate.startsWith('drain:') ? play.status.gate : undefined,
      );
      await refuses(play, 'the token of another gate', { gate: drain.gate, token: gate.token, by: 'ann' }, /token/);
      must((await play.fresh()).drained.length === 0, 'an old token drained a node');
      play.release();
    },
  },
  {
    name: 'gate-rejected-then-approved',
    about: 'the big switch is rejected; after resume the gate has a new token, and the old one counts no more',
    strikes: 'gate big-switch',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      const gate = await play.atGate('big-switch');
      play.hold(() => true);
      await play.handle.signal('reject', { gate: gate.gate, token: gate.token, by: 'ann', reason: 'not on a Friday' });
      play.struck('gate rejected');
      await play.pause(3_000);
      must((await play.fresh()).paused, 'a rejected run is not paused');
      await play.handle.signal('resume', { by: 'ann' });
      const again = await play.until(() =>
        play.status?.gate && play.status.gate.token !== gate.token ? play.status.gate : undefined,
      );
      await refuses(play, 'old token', { gate: again.gate, token: gate.token, by: 'ann' }, /old token/);
      await untouched(play);
      play.release();
    },
  },
  {
    name: 'junk-payloads',
    about: `${JUNK_MESSAGES} messages of junk to every signal do nothing and hold nothing up`,
    strikes: 'gate big-switch',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      const gate = await play.atGate('big-switch');
      await sendJunk(play, JUNK_MESSAGES, gate.token);
      await play.pause(3_000);
      const status = await play.fresh();
      must(status.gate?.token === gate.token, 'the gate changed its token');
      must(!status.paused && status.blocked === undefined, 'the run was paused or blocked by junk');
      await untouched(play);
      play.release();
    },
  },
  {
    name: 'pause-in-each-phase',
    about: 'the run is paused in each phase for some seconds; no change begins meanwhile',
    strikes: 'each phase from bridge to teardown',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      for (const phase of PHASES.slice(1, -1)) {
        await play.inPhase(phase);
        await play.handle.signal('pause', { by: 'ann', reason: 'wait a moment' });
        must((await play.fresh()).paused, `the run is not paused in phase ${phase}`);
        play.struck('paused');
        const from = Date.now() + RELAY_MS;
        await play.pause(RELAY_MS + play.dice.between(2_000, 6_000));
        must((await play.fresh()).paused, `the run is no longer paused in phase ${phase}`);
        const begun = await begunBetween(play.stage.temporal.client, play.workflowId, from, Date.now());
        must(begun.length === 0, `while the run was paused in phase ${phase}, it began ${begun.join(', ')}`);
        await play.handle.signal('resume', { by: 'ann' });
      }
    },
  },
  {
    name: 'two-migrations-of-one-cluster',
    about:
      'a second migration of the same cluster is started, by its own name and by the same; neither may touch anything',
    strikes: 'phase replicate',
    expected: 'migrated',
    minutes: 4,
    run: async (play) => {
      await play.inPhase('replicate');
      const { stage } = play;
      const mine = stage.temporal.client.workflow.getHandle(play.workflowId);
      const { runId } = await mine.describe();
      // The CLI answers with the run that there is; a client that asks for a new one gets an error.
      await startMigration(stage.temporal, play.workflowId, writePlan(stage, 'again', stage.plan));
      play.struck('the same migration started once more');
      const now = await mine.describe();
      must(now.runId === runId, `starting the same migration once more began the run ${now.runId}`);
      const again = await stage.temporal.client.workflow
        .start('migrateCluster', { taskQueue: TASK_QUEUE, workflowId: play.workflowId, args: [stage.plan] })
        .then(
          () => 'started',
          (error: Error) => error.message,
        );
      must(/already/i.test(again), `starting the same migration once more by a client: ${again}`);
      const other = { ...stage.plan, name: 'other' };
      await startMigration(stage.temporal, 'bigswitch-other', writePlan(stage, 'other', other));
      play.struck('another migration of the same cluster started');
      const answer = await stage.temporal.client.workflow
        .getHandle('bigswitch-other')
        .result()
        .then(
          () => 'it ended well',
          (error: Error) => (error.cause as Error | undefined)?.message ?? error.message,
        );
      must(/Preflight/.test(answer), `the other migration was not refused in preflight: ${answer}`);
      const traces = await Promise.all(
        stage.lab.hosts.map((host) => onHost(play, host, 'ls -d /var/lib/bigswitch/other 2>/dev/null || true')),
      );
      must(
        traces.every((trace) => trace === ''),
        `the other migration left ${traces.join(' ')}`,
      );
    },
  },
  {
    name: 'cancelled',
    about: 'the workflow is cancelled; a cancellation is a rollback',
    strikes: 'a phase chosen by seed',
    expected: 'rolled-back',
    minutes: 3,
    run: async (play) => {
      await play.inPhase(play.dice.pick(['redirect', 'join', 'replicate', 'front'] as const));
      await play.pause(play.dice.between(0, 3_000));
      play.struck('cancelled');
      await play.handle.cancel();
    },
  },
  {
    name: 'terminated',
    about: 'the workflow is terminated; the workflow cleanUp of the same plan and id puts everything back',
    strikes: 'a phase chosen by seed, up to the first drain',
    expected: 'rolled-back',
    minutes: 5,
    run: async (play) => {
      await play.inPhase(
        play.dice.pick(['bridge', 'redirect', 'join', 'replicate', 'front', 'switch', 'drain'] as const),
      );
      await play.pause(play.dice.between(0, 5_000));
      let started: () => void = () => undefined;
      play.next = new Promise((resolve) => (started = resolve));
      try {
        await play.handle.terminate('chaos');
        play.struck('terminated');
        await play.pause(play.dice.between(1_000, 5_000));
        const { temporal } = play.stage;
        await startMigration(temporal, play.workflowId, writePlan(play.stage, 'cleanUp', play.stage.plan), 'cleanUp');
        play.struck('cleanUp started');
      } finally {
        started();
      }
    },
  },
];
