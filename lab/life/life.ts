import { setTimeout as sleep } from 'node:timers/promises';
import { hostsOf, urlsOf } from '../layout';
import type { LabState } from '../types';
import { askAny, type Ask } from './asker';
import type { LifeName } from '../shapes';
import { busyHabits, type Habit } from './habits';
import { backups, words } from './plugged';

/** What came of everything that goes on beside the apps. */
export interface LifeCounts {
  /** Turns that went well, by habit. */
  turns: Record<string, number>;
  /** What was broken, in words; the first 20. */
  broken: string[];
}

/** What goes on until it is stopped. */
export interface Life {
  /** Ends everything, and looks at what must be there; does nothing the second time. */
  stop(): Promise<LifeCounts>;
}

/** What goes on, by the name under which shapes ask for it. */
const HABITS: Record<LifeName, () => Habit[]> = { busy: busyHabits, plugins: () => [words(), backups()] };

/** Most that is told of what was broken. */
const MOST = 20;

/**
 * Lets life go on in a lab's cluster: from the lab's machine, by way of the new nodes as soon as they answer, so that nobody is a client
 * of an old node who would not leave it.
 * @param names what goes on
 * @throws Error when what is needed can't be made
 */
export async function startLife(lab: LabState, names: LifeName[]): Promise<Life> {
  const controller = new AbortController();
  const endpoints = [...urlsOf(hostsOf(lab.hosts, 'new')), ...urlsOf(hostsOf(lab.hosts, 'old'))];
  return live(
    names.flatMap((name) => HABITS[name]()),
    askAny(endpoints, controller.signal),
    controller,
  );
}

/** The same of any habits. @param controller ends what is under way */
export async function live(habits: Habit[], ask: Ask, controller: AbortController): Promise<Life> {
  const turns: Record<string, number> = {};
  const broken: string[] = [];
  const tell = (habit: Habit, error: unknown) => {
    broken.push(`${new Date().toISOString()} ${habit.name}: ${(error as Error).message}`);
  };
  for (const habit of habits) await habit.begin?.(ask);
  let over = false;
  const going = habits.map(async (habit) => {
    while (!over) {
      try {
        await habit.turn(ask);
        turns[habit.name] = (turns[habit.name] ?? 0) + 1;
      } catch (error) {
        tell(habit, error);
      }
      await sleep(habit.everyMs);
    }
  });
  const end = async (): Promise<LifeCounts> => {
    over = true;
    await Promise.all(going);
    for (const habit of habits) await habit.end?.(ask).catch((error: unknown) => tell(habit, error));
    controller.abort();
    return { turns, broken: broken.slice(0, MOST) };
  };
  let ended: Promise<LifeCounts> | undefined;
  return { stop: () => (ended ??= end()) };
}
