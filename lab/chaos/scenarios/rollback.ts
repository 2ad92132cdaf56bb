import { hostsOf } from '../../layout';
import { must, type Play } from '../play';
import type { ChaosScenario } from '../scenario';

async function rollBack(play: Play): Promise<void> {
  play.struck('rollback');
  await play.handle.signal('rollback', { by: 'ann', reason: 'chaos' });
  play.release();
}

function inPhase(phase: 'bridge' | 'redirect' | 'join' | 'replicate' | 'front'): ChaosScenario {
  return {
    name: `rollback-in-${phase}`,
    about: `a rollback while phase ${phase} is under way`,
    strikes: `phase ${phase}, at a moment chosen by seed`,
    expected: 'rolled-back',
    minutes: 4,
    run: async (play) => {
      await play.inPhase(phase);
      await play.pause(play.dice.between(0, 5_000));
      await rollBack(play);
    },
  };
}

/** The way back from each phase. */
export const ROLLBACK_SCENARIOS: ChaosScenario[] = [
  inPhase('bridge'),
  inPhase('redirect'),
  inPhase('join'),
  inPhase('replicate'),
  inPhase('front'),
  {
    name: 'rollback-in-switch',
    about: 'a rollback while the apps are being switched',
    strikes: 'phase switch, after the gate',
    expected: 'rolled-back',
    minutes: 5,
    run: async (play) => {
      await play.activity('switchApp');
      await play.pause(play.dice.between(0, 8_000));
      await rollBack(play);
    },
  },
  {
    name: 'rollback-before-the-first-drain',
    about: 'a rollback when the apps are on the fronts and no old node is drained',
    strikes: 'the first drain gate',
    expected: 'rolled-back',
    minutes: 5,
    run: async (play) => {
      await play.atGate('drain:');
      await rollBack(play);
    },
  },
  {
    name: 'rollback-during-the-first-drain',
    about: 'a rollback while the first old node is being emptied',
    strikes: 'the first drain',
    expected: 'rolled-back',
    minutes: 5,
    run: async (play) => {
      await play.activity('drain');
      await rollBack(play);
    },
  },
  {
    name: 'rollback-after-the-first-drain',
    about: 'a rollback when one old node is stopped: it comes back into the cluster',
    strikes: 'the second drain gate',
    expected: 'rolled-back',
    minutes: 6,
    run: async (play) => {
      const first = await play.atGate('drain:');
      play.hold(({ gate }) => gate !== first.gate);
      await play.until(() => (play.status?.gate && play.status.gate.gate !== first.gate ? true : undefined));
      const [drained] = play.status?.drained ?? [];
      must(drained !== undefined, 'no node is drained at the second drain gate');
      // The way back has to start it again.
      play.faults.start(drained as string);
      await rollBack(play);
    },
  },
  {
    name: 'rollback-before-teardown',
    about: 'a rollback when every old node is stopped: all of them come back into the cluster',
    strikes: 'gate teardown',
    expected: 'rolled-back',
    minutes: 7,
    run: async (play) => {
      await play.atGate('teardown');
      const old = hostsOf(play.stage.lab.hosts, 'old').map(({ name }) => name);
      const { drained } = await play.fresh();
      must(drained.length === old.length, `only ${drained.join(', ')} are drained at gate teardown`);
      for (const name of old) play.faults.start(name);
      await rollBack(play);
    },
  },
];
