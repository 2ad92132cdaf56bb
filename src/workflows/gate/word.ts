import { FAILURES } from '../../contract/failures';
import type { GateName } from '../../contract/phases';
import { failureType } from '../run/failures';
import type { Migration } from '../run/migration';
import { passGate, type Preparations } from './gate';
import { WAS_RESET } from './runs';

/**
 * Does what a gate's word is for. Each change names the run in which the word was given, and is refused in another one: so
 * it is after a reset, to whatever point, and the gate is to be passed anew.
 * @param act is given the migration as it acts on the word
 * @param preparations what else is done at the gate
 */
export async function onTheWord<T>(
  m: Migration,
  gate: GateName,
  act: (m: Migration) => Promise<T>,
  preparations?: Preparations,
): Promise<T> {
  for (;;) {
    await passGate(m, gate, preparations);
    try {
      return await act(actingOn(m, wordOf(m, gate)));
    } catch (error) {
      if (failureType(error) !== FAILURES.OTHER_RUN) throw error;
      const passed = m.state.data.passed.filter((one) => one.gate !== gate);
      m.state.set({ word: undefined, passed, reopenedBecause: WAS_RESET });
    }
  }
}

/** The same migration, whose world acts on a word. */
function actingOn(m: Migration, word: string | undefined): Migration {
  return {
    ...m,
    world: m.worldOn(word),
    get plan() {
      return m.plan;
    },
  };
}

/** The run in which the word for a gate was given; undefined where an older release has noted none. */
export function wordOf(m: Migration, gate: GateName): string | undefined {
  const { word } = m.state.data;
  if (word?.gate === gate) return word.evidence.run;
  return m.state.data.passed.find((one) => one.gate === gate)?.evidence.run;
}
