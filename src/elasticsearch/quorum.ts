import type { Client } from '@elastic/elasticsearch';
import { generationOf, majorOf, type Quorum, type Voting } from './generations';
import { readNodes, readOwnVersion } from './looks/nodes';

/**
 * Who votes on the elected master, with names, in whatever way this cluster's version decides it.
 * @throws Error while no master is elected, or while a change is under way
 */
export async function readVoting(client: Client): Promise<Voting> {
  const nodes = await readNodes(client);
  return generationOf(majorOf(nodes)).quorum.read(client, nodes);
}

/** How many of so many nodes that may vote can be lost: Elasticsearch keeps the number of voters odd, and needs most of them. */
export function maySpare(nodes: number): number {
  return Math.max(0, Math.floor((nodes - 1) / 2));
}

/**
 * How the cluster that this client asks decides. Only the node that is asked has to answer, so that what was changed can be
 * put back with whatever is still alive.
 */
export async function quorumOf(client: Client): Promise<Quorum> {
  return generationOf(majorOf([{ version: await readOwnVersion(client) }])).quorum;
}

/**
 * Of these names those that are to be kept from voting and are not; a node that could not vote anyway is none of them.
 * @throws Error when not all are kept out, and a node does not tell whether it could vote
 */
export async function notKeptOut(client: Client, names: string[]): Promise<string[]> {
  const quorum = await quorumOf(client);
  const kept = await quorum.keptOut(client);
  const missing = names.filter((name) => !kept.includes(name));
  // Asked only where it matters: every node has to answer, and what was changed is put back with whatever is still alive.
  return missing.length === 0 ? [] : quorum.listed(await readNodes(client), missing);
}
