import type { Client } from '@elastic/elasticsearch';
import type { Check } from '../../../contract/evidence';
import { maySpare, readVoting } from '../../../elasticsearch/quorum';
import { mayVote } from '../../../elasticsearch/settings/roles';
import { failed, judged, passed, refused, warned } from '../check';
import type { NodeKind, Sides } from './node-kinds';

/**
 * Whether the new side outlives the loss of as many voters as the old one. Elasticsearch keeps their number odd: of two nodes
 * that may be elected one votes, and with that one nothing is written any more. Pure.
 */
export function voterCheck(sides: Sides): Check {
  const count = (side: NodeKind[]) => side.filter(({ roles }) => mayVote(roles)).length;
  const [old, fresh] = [count(sides.old), count(sides.fresh)];
  const [before, after] = [maySpare(old), maySpare(fresh)];
  if (after === 0 && before === 0) {
    const none = `after the big switch ${fresh} new nodes can vote, and none of them may be lost, as it is now of ${old}`;
    return warned('voters', '', none, 'let three new nodes be elected, if the cluster must outlive one');
  }
  if (after >= before) return passed('voters', `${fresh} new nodes can vote, and ${after} of them may be lost`);
  const seen = `after the big switch ${fresh} new nodes can vote, and ${after || 'none'} of them may be lost; now it is ${before} of ${old}`;
  const more = `add new hosts until ${2 * before + 1} of them can be elected`;
  if (after > 0) return warned('voters', '', seen, more);
  return failed('voters', '', seen, `${more}; or waive this check, and keep the new nodes from restarts until then`);
}

/**
 * Whether every voter is a node of the cluster. By itself Elasticsearch never has fewer than three voters again once it had three
 * (`Reconfigurator`), so that a third master that was lost for good goes on voting: join would wait for it to be an old node.
 * @throws Error while no master is elected, or while the voting configuration is being changed
 */
export async function goneVoterChecks(client: Client): Promise<Check[]> {
  const { voters, gone } = await readVoting(client);
  const found = gone.map((id) => {
    const seen = `the node with this id votes, and is not in the cluster: ${voters.length - gone.length} of ${voters.length} voters are there`;
    return refused('gone-voters', id, seen, `start that node again; or, if it is lost for good, ${letGo(id)}`);
  });
  return judged('gone-voters', found, `every one of the ${voters.length} voters is in the cluster`);
}

/** By id: of a node that is not there Elasticsearch knows no name (7.17 and 8.x). The second request ends all exclusions alike. */
function letGo(id: string): string {
  const api = '/_cluster/voting_config_exclusions';
  return `take its vote: POST ${api}?node_ids=${id}, and once that has answered DELETE ${api}?wait_for_removal=false (which ends every other exclusion from voting as well)`;
}
