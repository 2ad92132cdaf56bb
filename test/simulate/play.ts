import { scenarioOf } from './incidents';
import { simulate, type Outcome } from './simulate';
import { simulationBundle, type Replacement } from './temporal/bundle';
import { Sandbox } from './temporal/sandbox';

/** What is told of a seed; the trace only where it is needed. */
export type Played = Omit<Outcome, 'trace' | 'scenario'> & { seed: number; trace?: string[] };

/** Plays some seeds in this process. @param told is called after each */
export async function play(
  { seeds, planSize, trace }: { seeds: number[]; planSize: number; trace: boolean },
  told: (played: Played) => void,
): Promise<void> {
  const sandbox = await sandboxOf();
  for (const seed of seeds) {
    const { trace: lines, scenario, ...outcome } = simulate(scenarioOf(seed, planSize), sandbox);
    told({ seed: scenario.seed, ...outcome, trace: trace ? lines : undefined });
  }
}

/** A sandbox with our workflows, or with deliberate faults in them. */
export async function sandboxOf(replacements: Replacement[] = []): Promise<Sandbox> {
  return new Sandbox(await simulationBundle(replacements));
}

// A process of its own is told by its parent what to play.
if (require.main === module) {
  process.once('message', (job: Parameters<typeof play>[0]) => {
    play(job, (played) => process.send?.(played)).then(
      () => process.disconnect(),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
