import { BaseConnection, Client } from '@elastic/elasticsearch';
import type { ClusterAccess } from '../../elasticsearch/client/access';
import { answer, type ModelRequest } from './answers';
import { Refused, type ClusterModel } from './model';

type Params = Parameters<BaseConnection['request']>[0];

/** An answer as it goes over the wire. */
export interface Reply {
  status: number;
  body: string;
  /** Default: JSON. */
  contentType?: string;
}

/**
 * The dry run's implementation of the access to the cluster: the same client, but its connection ends in the model, so
 * that whatever would change the cluster changes the model.
 * @param isMember whether the node on this host is in the cluster; others refuse the connection
 */
export function createModelAccess(model: ClusterModel, isMember: (host: string) => boolean): ClusterAccess {
  return createAnsweredAccess((host, request) =>
    isMember(host) ? replyOf(model, request) : replied(503, 'this node is not in the cluster'),
  );
}

/**
 * Access to nodes whose answers are made here: what `reply` throws is a lost connection.
 * @param reply answers one request to the node on this host
 */
export function createAnsweredAccess(reply: (host: string, request: ModelRequest) => Reply): ClusterAccess {
  const clients = new Map<string, Client>();
  return {
    via(host) {
      const known = clients.get(host) ?? clientOf((request) => reply(host, request));
      clients.set(host, known);
      return known;
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
      clients.clear();
    },
  };
}

/** What the model answers, with the status that Elasticsearch would give it. */
export function replyOf(model: ClusterModel, request: ModelRequest): Reply {
  try {
    return { status: 200, body: JSON.stringify(answer(model, request)) };
  } catch (error) {
    return replied(error instanceof Refused ? error.status : 501, (error as Error).message);
  }
}

function replied(status: number, reason: string): Reply {
  return { status, body: JSON.stringify({ error: { reason } }) };
}

function clientOf(reply: (request: ModelRequest) => Reply): Client {
  class ModelConnection extends BaseConnection {
    // The base class promises a text or a stream, whichever was asked for; nothing here asks for a stream.
    override async request(params: Params): Promise<never> {
      const [path = '', query = ''] = params.path.split('?');
      const body: unknown = typeof params.body === 'string' ? JSON.parse(params.body) : undefined;
      const search = new URLSearchParams(params.querystring === undefined ? query : String(params.querystring));
      return onTheWire(reply({ method: params.method, path, query: search, body })) as never;
    }

    override async close(): Promise<void> {}
  }
  return new Client({
    node: 'http://model',
    Connection: ModelConnection,
    maxRetries: 0,
    sniffOnStart: false,
    sniffInterval: false,
    sniffOnConnectionFault: false,
  });
}

function onTheWire({ status, body, contentType = 'application/vnd.elasticsearch+json;compatible-with=8' }: Reply) {
  return {
    body,
    statusCode: status,
    headers: { 'content-type': contentType, 'x-elastic-product': 'Elasticsearch' },
  };
}
