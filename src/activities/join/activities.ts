import type { Activities } from '../../contract/activities';
import type { Proof } from '../../contract/proof';
import type { LedgerEntry } from '../../contract/ledger';
import { applyClusterStep } from '../../elasticsearch/ledger/step';
import { untilProven } from '../../elasticsearch/proof';
import { reachSide } from '../../elasticsearch/looks/reach';
import { effective, readSettings } from '../../elasticsearch/settings/settings';
import { keepSettingsBefore, REBALANCE, VOTING_CAP } from '../../elasticsearch/settings/before';
import { settingsStep, votingStep } from '../../elasticsearch/ledger/steps';
import { BRIDGE_THROTTLE, throttlePerNode, throttleStep } from '../../elasticsearch/settings/throttle';
import { readVoting, quorumOf } from '../../elasticsearch/quorum';
import { plannedNodes } from '../../plan/hosts';
import type { Deps } from '../deps';
import { membershipProblems, quorumProblems } from './proof';

/** Longest time for all nodes to see all nodes after the last one was started, in seconds. */
const JOIN_SECONDS = 120;

/** Activities around the join that speak to the cluster; those that change node files are in nodes.ts. */
export function createJoinActivities(deps: Deps): Pick<Activities, 'prepareClusterForJoin' | 'proveJoin'> {
  return {
    async prepareClusterForJoin({ throughputMBps }) {
      const scope = await deps.scope();
      const { plan } = scope;
      const { client } = await reachSide(scope, 'old');
      const fresh = plannedNodes(plan).filter((node) => node.side === 'new');
      const names = fresh.map((node) => node.nodeName);
      const entries: LedgerEntry[] = [];
      const before = await keepSettingsBefore(scope, client);

      const others = (await (await quorumOf(client)).keptOut(client)).filter((name) => !names.includes(name));
      const needed = Math.max(plan.hosts.old.length, plan.hosts.new.length) + others.length;
      if (needed > Number(effective(await readSettings(client), VOTING_CAP) ?? 0)) {
        const summary = `up to ${needed} nodes may be kept out of the quorum`;
        const head = { id: 'voting-cap', phase: 'join' as const, summary };
        entries.push(await applyClusterStep(scope, await settingsStep(client, head, { [VOTING_CAP]: String(needed) })));
      }
      const out = {
        id: 'voting-new-out',
        phase: 'join' as const,
        summary: 'the new nodes are kept out of the quorum before they join',
      };
      entries.push(await applyClusterStep(scope, await votingStep(client, out, names, [])));
      const still = {
        id: 'no-rebalance',
        phase: 'join' as const,
        summary: 'no shard moves by itself: the balancer would send both copies over the bridge',
      };
      entries.push(await applyClusterStep(scope, await settingsStep(client, still, { [REBALANCE]: 'none' })));
      const throttle = { id: BRIDGE_THROTTLE, phase: 'join' as const };
      const step = await throttleStep(client, plan, throttle, throttlePerNode(plan, throughputMBps));
      entries.push(await applyClusterStep(scope, step));
      const [first, ...rest] = entries;
      return first ? [{ ...first, kept: [before, ...(first.kept ?? [])] }, ...rest] : [];
    },

    async proveJoin() {
      const scope = await deps.scope();
      await untilProven(deps, 'the new nodes have not joined as they must', JOIN_SECONDS, async () => [
        ...(await membershipProblems(scope)),
        ...(await quorumProblems(scope)),
      ]);
      const nodes = plannedNodes(scope.plan);
      const { client } = await reachSide(scope, 'new');
      const voting = await readVoting(client);
      return {
        proven: `All ${nodes.length} nodes see all ${nodes.length} nodes from both sides, the cluster is green, and only old nodes vote.`,
        facts: { nodes: nodes.length, voters: voting.voters.join(', '), master: voting.master },
      } satisfies Proof;
    },
  };
}
