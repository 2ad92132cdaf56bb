import { PHASES, type Phase } from '../../../src/contract/phases';
import { someHost, strikeHost } from '../hosts';
import { must, type Play } from '../play';
import type { ChaosScenario } from '../scenario';
import { cutBridge, rebootHub } from './bridge';
import { killFront, killNode } from './nodes';
import { sendJunk } from './people';
import { cutSsh } from './ssh';
import { crashTemporal } from './temporal';
import { killAndReplace } from './workers';

/** More than so many faults make a run too long. */
const MOST_FAULTS = 8;
/** Junk of one fault, and how long a person pauses or sshd is away, in seconds. */
const JUNK = 100;
const PAUSE_SECONDS = 5;
const SSHD_SECONDS = 20;
const CUT_SECONDS = 30;

/** One fault of a storm: the phases in which it makes sense, and what it does until it is over. */
interface Fault {
  from: Phase;
  to: Phase;
  strike: (play: Play) => Promise<void>;
}

// What takes nodes out of the cluster is over before nodes are drained: else nobody could tell when the cluster is whole again.
const FAULTS: Fault[] = [
  { from: 'bridge', to: 'drain', strike: cutSsh },
  { from: 'bridge', to: 'drain', strike: crashTemporal },
  { from: 'bridge', to: 'drain', strike: (play) => killAndReplace(play, play.where, 'in') },
  { from: 'bridge', to: 'drain', strike: (play) => sendJunk(play, JUNK, 'no-token') },
  { from: 'bridge', to: 'drain', strike: pauseAndResume },
  {
    from: 'bridge',
    to: 'drain',
    strike: async (play) => {
      const host = someHost(play, play.dice.pick(['hub', 'old', 'new'] as const));
      await strikeHost(play, 'stop-sshd', host, { seconds: SSHD_SECONDS });
      await play.pause(SSHD_SECONDS * 1_000);
    },
  },
  { from: 'replicate', to: 'front', strike: rebootHub },
  { from: 'replicate', to: 'front', strike: (play) => cutBridge(play, 'cut-tunnel', CUT_SECONDS) },
  { from: 'replicate', to: 'front', strike: (play) => killNode(play, someHost(play, 'new'), 15) },
  { from: 'drain', to: 'drain', strike: (play) => killFront(play, someHost(play, 'new')) },
];

async function pauseAndResume(play: Play): Promise<void> {
  await play.handle.signal('pause', { by: 'ann', reason: 'wait a moment' });
  must((await play.fresh()).paused, 'the run is not paused');
  play.struck('paused');
  await play.pause(PAUSE_SECONDS * 1_000);
  await play.handle.signal('resume', { by: 'ann' });
}

/** One fault after the other, each by seed, from the first change on until the last old node is drained. */
export const STORM_SCENARIO: ChaosScenario = {
  name: 'storm',
  about: `up to ${MOST_FAULTS} faults of all kinds, one after the other, each chosen by seed`,
  strikes: 'from the bridge to the drains',
  expected: 'migrated',
  minutes: 6,
  run: async (play) => {
    await play.inPhase('bridge');
    const before = (phase: Phase, other: Phase) => PHASES.indexOf(phase) <= PHASES.indexOf(other);
    for (let struck = 0; struck < MOST_FAULTS; struck += 1) {
      await play.pause(play.dice.between(500, 8_000));
      const phase = play.status?.phase ?? 'bridge';
      const possible = FAULTS.filter(({ from, to }) => before(from, phase) && before(phase, to));
      if (possible.length === 0) return;
      await play.dice.pick(possible).strike(play);
    }
  },
};
