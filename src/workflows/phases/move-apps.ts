import { switchOrder } from '../../plan/hosts';
import type { Migration } from '../run/migration';
import { onEach } from '../run/parallel';
import { undoOn } from './teardown';

/** How apps are moved from one side to the other. */
export interface AppsMove {
  to: 'old' | 'new';
  /** Apps of one batch are restarted at the same time; the next one begins when all of them are well. */
  batches: string[][];
  /** For so many seconds all that have moved are watched after each batch; default: the check of each move is enough. */
  watchSeconds?: number;
  /** Is asked before each batch, of all that are still to go: what fails there touches none of them. */
  ready?: (left: string[]) => Promise<unknown>;
  /** Is told of each app that has moved, before it is watched. */
  moved?: () => void;
}

/**
 * Moves apps to a side, batch by batch, and watches them there. Those that may have moved are noted before, and those that are
 * back are taken off, so that the way back touches and asks for no other app.
 * @throws the failure of the first batch in which an app does not work there: nothing of the later ones was touched
 */
export async function moveApps(m: Migration, move: AppsMove): Promise<void> {
  const { to, batches, watchSeconds, ready, moved } = move;
  let there = to === 'new' ? m.state.stillThere(m.state.data.switchedApps) : [];
  for (const [index, hosts] of batches.entries()) {
    await ready?.(batches.slice(index).flat());
    await moveBatch(m, to, hosts, moved);
    there = [...there, ...hosts];
    if (watchSeconds !== undefined) {
      m.state.doing(`watches ${there.join(', ')} on the ${to === 'new' ? 'fronts' : 'old nodes'}`);
      // Those of earlier batches too: with each batch the side has more to do.
      await m.world.watchApps({ hosts: there, seconds: watchSeconds });
    }
    if (to === 'new') m.state.set({ switchedApps: there });
    else forget(m, hosts);
  }
}

/** One app alone, the canary, then the others, `switch.batch` at a time. */
export function withCanary(m: Migration, hosts: string[] = switchOrder(m.plan)): string[][] {
  const [canary, ...others] = hosts;
  return canary === undefined ? [] : [[canary], ...inBatches(m, others)];
}

/** Apps `switch.batch` at a time. */
export function inBatches(m: Migration, hosts: string[]): string[][] {
  const size = m.plan.switch.batch;
  const count = Math.ceil(hosts.length / size);
  return Array.from({ length: count }, (_, i) => hosts.slice(i * size, (i + 1) * size));
}

async function moveBatch(m: Migration, to: 'old' | 'new', hosts: string[], moved?: () => void): Promise<void> {
  if (to === 'new') {
    m.state.doing(`switches ${hosts.join(', ')} to the fronts`);
    const { pointedApps } = m.state.data;
    // Noted before: an app may have moved just before its answer was lost. Where an older release noted none, all may have.
    m.state.set({ pointedApps: pointedApps && [...new Set([...pointedApps, ...hosts])] });
    await onEach(hosts, async (host) => {
      m.state.record(await m.world.switchApp({ host }));
      moved?.();
    });
  } else {
    m.state.doing(`puts ${hosts.join(', ')} back on the old nodes`);
    await undoOn(m, hosts, ['switch']);
  }
}

function forget(m: Migration, hosts: string[]): void {
  const { switchedApps, pointedApps } = m.state.data;
  const others = (apps: string[]) => apps.filter((host) => !hosts.includes(host));
  m.state.set({ switchedApps: others(switchedApps), ...(pointedApps && { pointedApps: others(pointedApps) }) });
}
