import { ApplicationFailure } from '@temporalio/common';
import { FAILURES, HOST_UNREACHABLE } from '../../contract/failures';
import type { Proof } from '../../contract/proof';
import { untilProven } from '../../elasticsearch/proof';
import type { Deps } from '../deps';
import { clientsOf } from '../switch/connections';

/** Longest time for connections of apps that were restarted to end by themselves, in seconds; then a person is needed. */
const GONE_SECONDS = 300;

/**
 * Proves that nobody but the cluster is connected to the front or the node of a new host, without those of which a person has
 * said that they may be cut off.
 * @throws ApplicationFailure ProofFailed (no retry: a person has to say) that names everybody who is connected, and what to type;
 * or what `hosts.ask` throws (retry) when the host can't be reached: that is unknown, not unused
 */
export async function proveUnused(deps: Deps, input: { host: string; cutOff?: string[] }): Promise<Proof> {
  const scope = await deps.scope();
  const { elasticsearch, front } = scope.plan;
  const { host, cutOff = [] } = input;
  let asked: { error?: unknown; clients: string[] } = { clients: [] };
  const look = async (): Promise<string[]> => {
    try {
      asked = { clients: await clientsOf(scope, host, [elasticsearch.httpPort, front.port]) };
    } catch (error) {
      asked = { error, clients: [] };
      throw error;
    }
    const left = asked.clients.filter((client) => !cutOff.includes(addressIn(client)));
    const word = `bigswitch resume ${scope.plan.name} --cut-off ${left.map(addressIn).join(',')}`;
    return left.length === 0
      ? []
      : [`${left.join(', ')} connected; point what runs there at the old nodes, or stop it; or cut it off: ${word}`];
  };
  await untilProven(deps, `${host} is still in use`, GONE_SECONDS, look).catch((failure: Error) => {
    const { error } = asked;
    if (error instanceof ApplicationFailure && error.type === HOST_UNREACHABLE) throw error;
    throw ApplicationFailure.nonRetryable(failure.message, FAILURES.PROOF_FAILED);
  });
  const cut = asked.clients;
  const but = cut.length > 0 ? `, and by a person's word ${cut.join(', ')} may be cut off` : '';
  return { proven: `Nobody but the cluster is connected to ${host}${but}.`, facts: { cutOff: cut.length } };
}

/** Of a client as it is named: its address, without the app that it is. */
function addressIn(client: string): string {
  return client.split(' ')[0] as string;
}
