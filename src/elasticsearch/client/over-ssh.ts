import { Client, HttpConnection } from '@elastic/elasticsearch';
import type { Secrets } from '../../secrets/secrets';
import type { MayAct } from '../../hosts/fence';
import type { Hosts } from '../../hosts/hosts';
import { hostRef, plannedNode } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import type { ClusterAccess } from './access';
import { endpointOf } from './endpoints';
import { withRequestSeconds } from './patience';

/** What the access is made from. */
export interface ClusterAccessParts {
  plan: Plan;
  hosts: Hosts;
  secrets: Secrets;
  /** Asked right before each request that may change the cluster; default: nobody else can act. */
  mayAct?: MayAct;
}

/**
 * Most bytes of one answer: the state of a large cluster has some ten MiB, and what a node says without end must not fill the
 * worker's memory. Nobody is asked to compress, so what comes so may become a thousand times as long.
 */
const LONGEST_ANSWER = { maxResponseSize: 256 * 2 ** 20, maxCompressedResponseSize: 64 * 1024 };

/**
 * Access to each node through the SSH connection to its host, so that the worker needs no route to port 9200 and no
 * firewall has to be opened. The password is resolved once, before the first client is made.
 * @throws ApplicationFailure SecretMissing when the plan's password can't be resolved
 */
export async function createClusterAccess({
  plan,
  hosts,
  secrets,
  mayAct,
}: ClusterAccessParts): Promise<ClusterAccess> {
  const endpoint = await endpointOf(plan, secrets);
  const clients = new Map<string, Client>();
  const create = (host: string): Client => {
    const node = plannedNode(plan, host);
    const ref = hostRef(plan, host);
    const client = new Client({
      ...endpoint.options(node.address, plan.elasticsearch.httpPort),
      Connection: mayAct ? askingConnection(mayAct) : HttpConnection,
      agent: () => hosts.agent(ref, endpoint.trust),
      // Temporal retries what is idempotent; the client's own three retries would repeat anything.
      maxRetries: 0,
      ...LONGEST_ANSWER,
      // Sniffing would replace the address by whatever the nodes publish.
      sniffOnStart: false,
      sniffInterval: false,
      sniffOnConnectionFault: false,
    });
    return withRequestSeconds(client, plan.elasticsearch.requestSeconds);
  };
  return {
    via(host) {
      const known = clients.get(host);
      if (known) return known;
      const client = create(host);
      clients.set(host, client);
      return client;
    },
    async close() {
      const open = [...clients.values()];
      clients.clear();
      await Promise.all(open.map((client) => client.close()));
    },
  };
}

/** Requests that only look. */
const LOOKS = ['GET', 'HEAD'];

type Request = HttpConnection['request'];

/** A connection on which an attempt that was given up changes nothing: what was decided before a long wait is asked anew. */
function askingConnection(mayAct: MayAct): typeof HttpConnection {
  return class extends HttpConnection {
    // The base has one signature for each form of answer, all with the same arguments.
    override request = (async (params, options) => {
      if (!LOOKS.includes(params.method.toUpperCase())) await mayAct();
      return super.request(params, options as never);
    }) as Request;
  };
}
