import { must, type Play } from '../play';
import type { ChaosScenario } from '../scenario';

/** The first activity of each phase that a run can be reset to. */
const FIRST_ACTIVITIES = {
  bridge: 'installBridgeHub',
  redirect: 'installRedirect',
  join: 'prepareClusterForJoin',
  replicate: 'prepareIndices',
  front: 'installFront',
  switch: 'gatherEvidence',
  drain: 'drainOrder',
};
type ResetPhase = keyof typeof FIRST_ACTIVITIES;

/** Resets the run to where a phase began, as a person does; what was sent later is applied again by the server. */
async function reset(play: Play, phase: ResetPhase): Promise<void> {
  const { events } = await play.handle.fetchHistory();
  const began = (events ?? []).find(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === FIRST_ACTIVITIES[phase],
  );
  const task = began?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId;
  if (!task) throw new Error(`the history does not tell where phase ${phase} began`);
  await play.stage.temporal.cli([
    ...['workflow', 'reset', '--workflow-id', play.workflowId, '--event-id', task.toString()],
    ...['--reason', `chaos: back to ${phase}`],
  ]);
  play.struck(`reset to the beginning of ${phase}`);
}

async function refusedApprovals(play: Play): Promise<number> {
  return (await play.audit()).filter(({ kind, by, accepted }) => kind === 'approve' && by === 'ann' && !accepted)
    .length;
}

/** `temporal workflow reset`, with signals applied again. */
export const RESET_SCENARIOS: ChaosScenario[] = [
  {
    name: 'reset-to-each-phase',
    about:
      'an approval of the big switch is given and the run is reset at once to each phase before it: it must not count',
    strikes: 'gate big-switch; reset to switch, front, replicate, join, redirect and bridge',
    expected: 'migrated',
    minutes: 6,
    run: async (play) => {
      for (const phase of ['switch', 'front', 'replicate', 'join', 'redirect', 'bridge'] as const) {
        const gate = await play.atGate('big-switch');
        await play.handle.signal('pause', { by: 'ann' });
        await play.handle.signal('approve', { gate: gate.gate, token: gate.token, by: 'ann' });
        await reset(play, phase);
        await play.handle.signal('resume', { by: 'ann' });
        const again = await play.until(() =>
          play.status?.gate && play.status.gate.token !== gate.token ? play.status.gate : undefined,
        );
        must(again.gate === 'big-switch', `gate ${again.gate} is open after a reset to ${phase}`);
        const { switchedApps, drained } = await play.fresh();
        must(switchedApps.length + drained.length === 0, 'an old approval switched an app after a reset');
        must((await refusedApprovals(play)) > 0, 'the old approval was not even applied again: nothing is proven');
      }
      play.release();
    },
  },
  {
    name: 'reset-before-a-drain',
    about: 'a drain is approved and the run is reset at once to before its gate: the old approval must drain nothing',
    strikes: 'the first drain gate',
    expected: 'migrated',
    minutes: 4,
    run: async (play) => {
      const gate = await play.atGate('drain:');
      await play.handle.signal('pause', { by: 'ann' });
      await play.handle.signal('approve', { gate: gate.gate, token: gate.token, by: 'ann' });
      await reset(play, 'drain');
      await play.handle.signal('resume', { by: 'ann' });
      await play.until(() => (play.status?.gate && play.status.gate.token !== gate.token ? true : undefined));
      await play.pause(5_000);
      const { drained, draining } = await play.fresh();
      must(drained.length === 0 && draining === undefined, 'an old approval drains a node after a reset');
      must((await refusedApprovals(play)) > 0, 'the old approval was not even applied again: nothing is proven');
      play.release();
    },
  },
];
