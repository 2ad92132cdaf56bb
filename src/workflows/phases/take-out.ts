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

/** What taking a node out has changed, and the proof that it is gone. */
export interface TakenOut {
  ledger: LedgerEntry[];
  undone: UndoResult[];
  proven: string;
}

/**
 * Takes an empty old node out: its service is stopped and disabled, the expected nodes are lowered by one in every file, and
 * the redirects for it are removed; then it is proved that it is gone.
 * @param world what is asked; `stopNode` proves once more that the node is empty
 * @param said is told what is being done, one sentence
 */
export async function takeOut(
  world: Activities,
  plan: Plan,
  { host, old }: Going,
  said: (sentence: string) => void,
): Promise<TakenOut> {
  const fresh = plan.hosts.new.map((node) => node.name);
  const staying = [...old, ...fresh];
  said(`${host} is empty; it is being stopped`);
  const ledger = await world.stopNode({ host });
  said(`${host} is stopped; ${staying.length} nodes are expected from now on`);
  const entries = await onEach(staying, (name) => world.setExpectedNodes({ host: name, expected: staying.length }));
  entries.push(...(await onEach(fresh, (name) => world.removeRedirectsFor({ host: name, gone: host }))));
  const undone = await world.undoHost({ host, phases: ['redirect'] });
  const { proven } = await world.proveDrained({ host });
  return { ledger: [...ledger, ...entries.flat()], undone: [undone], proven };
}
