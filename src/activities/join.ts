import pMap from 'p-map';
import type { Activities, Proof } from '../contract/activities';
import type { LedgerEntry } from '../contract/ledger';
import { applyClusterStep } from '../elasticsearch/cluster-step';
import { readSettledHealth, unrest } from '../elasticsearch/health';
import { readLocalView, readNodes } from '../elasticsearch/nodes';
import { untilProven } from '../elasticsearch/proof';
import { reachSide } from '../elasticsearch/reach';
import { effective, readSettings } from '../elasticsearch/settings';
import { settingsStep, votingStep } from '../elasticsearch/steps';
import { throttlePerNode, throttleStep } from '../elasticsearch/throttle';
import { readVoting, readVotingExclusions } from '../elasticsearch/voting';
import { plannedNodes } from '../plan/hosts';
import type { Deps, Scope } from './deps';

const VOTING_CAP = 'cluster.max_voting_config_exclusions';
const REBALANCE = 'cluster.routing.rebalance.enable';
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

      const others = (await readVotingExclusions(client)).filter((name) => !names.includes(name));
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
      const throttle = { id: 'throttle', phase: 'join' as const };
      const step = await throttleStep(client, plan, throttle, throttlePerNode(plan, throughputMBps));
      entries.push(await applyClusterStep(scope, step));
      return entries;
    },

    async proveJoin() {
      const scope = await deps.scope();
      await untilProven(deps, 'the new nodes have not joined as they must', JOIN_SECONDS, () => joinProblems(scope));
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

/** What keeps the join from being proven, seen from every node of both sides. */
async function joinProblems(scope: Scope): Promise<string[]> {
  const { plan } = scope;
  const { httpPort, transportPort } = plan.elasticsearch;
  const nodes = plannedNodes(plan);
  const problems: string[] = [];
  const uuids = new Set<string>();
  const look = async ({ host }: { host: string }) => {
    const view = await readLocalView(scope.cluster.via(host));
    uuids.add(view.clusterUuid);
    for (const { nodeName, address } of nodes) {
      const seen = view.nodes[nodeName];
      if (seen === undefined) problems.push(`${host} does not see ${nodeName}`);
      else if (seen !== `${address}:${transportPort}`) {
        problems.push(`${host} sees ${nodeName} at ${seen} and not at ${address}:${transportPort}`);
      }
    }
    const strangers = Object.keys(view.nodes).filter((name) => !nodes.some((node) => node.nodeName === name));
    if (strangers.length > 0) problems.push(`${host} sees nodes that are not in the plan: ${strangers.join(', ')}`);
  };
  await pMap(nodes, look, { concurrency: 8 });
  if (uuids.size !== 1) problems.push('the nodes are not all in one cluster');

  const { client } = await reachSide(scope, 'new');
  for (const node of await readNodes(client)) {
    const planned = nodes.find((one) => one.nodeName === node.name);
    if (planned && node.http !== `${planned.address}:${httpPort}`) {
      problems.push(`${node.name} publishes ${node.http} and not ${planned.address}:${httpPort}`);
    }
  }
  problems.push(...unrest(await readSettledHealth(client)));
  const voting = await readVoting(client);
  const foreign = voting.voters.filter((name) => !nodes.some((node) => node.side === 'old' && node.nodeName === name));
  if (foreign.length > 0) problems.push(`nodes vote that are not old ones: ${foreign.join(', ')}`);
  return problems;
}
