import type { Play } from '../play';
import type { ChaosScenario } from '../scenario';

/** Kills the Temporal server, and starts it again on its database file some seconds later. */
export async function crashTemporal(play: Play): Promise<void> {
  await play.stage.temporal.crash();
  play.struck('Temporal server killed with SIGKILL');
  await play.pause(play.dice.between(1_000, 10_000));
  await play.stage.temporal.startAgain();
  play.struck('Temporal server started again');
}

/** Temporal itself dies. */
export const TEMPORAL_SCENARIOS: ChaosScenario[] = [
  {
    name: 'temporal-server-killed',
    about: 'the Temporal server is killed with SIGKILL and started again on its database file, twice',
    strikes: 'two phases chosen by seed',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      for (const phase of play.dice.some(['bridge', 'redirect', 'join', 'replicate', 'front', 'drain'] as const, 2)) {
        await play.inPhase(phase);
        await play.pause(play.dice.between(0, 4_000));
        await crashTemporal(play);
      }
    },
  },
];
