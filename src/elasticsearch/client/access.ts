import type { Client } from '@elastic/elasticsearch';

/** The one way to speak to the cluster: each request goes to a named host's own node, over the SSH connection to it. */
export interface ClusterAccess {
  /** Client that asks exactly the node on this host; no retries, no sniffing; time-out as the plan says. */
  via(host: string): Client;
  close(): Promise<void>;
}
