import type { Activities } from '../../contract/activities';
import type { LedgerEntry, UndoResult } from '../../contract/ledger';
import type { Plan } from '../../plan/schema';
import { onEach } from '../run/parallel';

/** One old node that goes, and what is said of it. */
export interface Going {
  host: string;
  /** Old hosts that stay for now. */
  old: string[];
}

/** What taking a node out has undone, and the proof that it is gone. */
export interface TakenOut {
  undone: UndoResult[];
  proven: string;
}

/**
 * Takes an empty old node out: its service is stopped and disabled, every file expects only those that stay, and
 * the redirects for it are removed; then it is proved that it is gone.
 * @param world what is asked; `stopNode` proves once more that the node is empty
 * @param said is told what is being done, one sentence
 * @param kept is given each change as soon as it is made, so that none is lost when a later one fails
 */
export async function takeOut(
  world: Activities,
  plan: Plan,
  { host, old }: Going,
  said: (sentence: string) => void,
  kept: (entries: LedgerEntry[]) => void,
): Promise<TakenOut> {
  const fresh = plan.hosts.new.map((node) => node.name);
  const staying = [...old, ...fresh];
  said(`${host} is empty; it is being stopped`);
  kept(await world.stopNode({ host }));
  said(`${host} is stopped; only the ${staying.length} nodes that stay are expected from now on`);
  await onEach(staying, async (name) => kept(await world.setExpectedNodes({ host: name, expected: staying.length })));
  await onEach(fresh, async (name) => kept(await world.removeRedirectsFor({ host: name, gone: host })));
  const undone = await world.undoHost({ host, phases: ['redirect'] });
  const { proven } = await world.proveDrained({ host });
  return { undone: [undone], proven };
}
