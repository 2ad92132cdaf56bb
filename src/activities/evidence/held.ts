import { readRestores, readSnapshots } from '../../elasticsearch/looks/jobs';
import { readNodes } from '../../elasticsearch/looks/nodes';
import { reachSide } from '../../elasticsearch/looks/reach';
import type { Scope } from '../../elasticsearch/scope';
import { pinsTo } from '../../elasticsearch/settings/pins';
import { readIndices } from '../../elasticsearch/settings/settings';
import { plannedNodes } from '../../plan/hosts';
import { list } from '../../text/format';
import type { Question } from './question';

/**
 * Whether nothing holds shards on old nodes for which a drain would wait: a restore, or an index that is pinned to one of them
 * to be shrunk. A snapshot is told, and is no reason to wait: what it saves moves when it is saved.
 */
export function nothingHolds(scope: Scope): Question {
  return {
    name: 'no restore or shrink holds shards on old nodes',
    async ask() {
      const { client } = await reachSide(scope, 'new');
      const [snapshots, restores, indices, nodes] = await Promise.all([
        readSnapshots(client),
        readRestores(client),
        readIndices(client),
        readNodes(client),
      ]);
      const old = new Set(plannedNodes(scope.plan).flatMap((one) => (one.side === 'old' ? [one.nodeName] : [])));
      const pins = pinsTo(
        indices,
        nodes.filter(({ name }) => old.has(name)),
      );
      const holding = [
        ...(restores.length > 0 ? [`being restored from a snapshot: ${list(restores)}; wait for it`] : []),
        ...(pins.length > 0 ? [`pinned to a node to be shrunk: ${list(pins.map(told))}; ${SHRINKING}`] : []),
      ];
      const saving = snapshots.map(({ name, repository }) => `${name} to ${repository}`);
      const saved = `a snapshot is being taken (${list(saving)}), and a primary moves when it is saved`;
      const seen = [...holding, ...(saving.length > 0 ? [saved] : [])];
      return {
        ok: holding.length === 0,
        seen: seen.length > 0 ? seen.join('. ') : 'nothing, and no snapshot is taken',
      };
    },
  };
}

const SHRINKING = 'wait until lifecycle management is done with it (GET INDEX/_ilm/explain)';

function told({ index, node }: { index: string; node: string }): string {
  return `${index} to ${node}`;
}
