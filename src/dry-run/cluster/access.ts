import { BaseConnection, Client } from '@elastic/elasticsearch';
import type { ClusterAccess } from '../../elasticsearch/client/access';
import { answer } from './answers';
import { Refused, type ClusterModel } from './model';

type Params = Parameters<BaseConnection['request']>[0];

/**
 * The dry run's implementation of the access to the cluster: the same client, but its connection ends in the model, so
 * that whatever would change the cluster changes the model.
 * @param isMember whether the node on this host is in the cluster; others refuse the connection
 */
export function createModelAccess(model: ClusterModel, isMember: (host: string) => boolean): ClusterAccess {
  const clients = new Map<string, Client>();
  return {
    via(host) {
      const known = clients.get(host) ?? clientOf(model, () => isMember(host));
      clients.set(host, known);
      return known;
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
      clients.clear();
    },
  };
}

function clientOf(model: ClusterModel, isThere: () => boolean): Client {
  class ModelConnection extends BaseConnection {
    // The base class promises a text or a stream, whichever was asked for; nothing here asks for a stream.
    override async request(params: Params): Promise<never> {
      return this.reply(params) as never;
    }

    private reply(params: Params) {
      if (!isThere()) return respond(503, { error: { reason: 'this node is not in the cluster' } });
      const [path = '', query = ''] = params.path.split('?');
      const body: unknown = typeof params.body === 'string' ? JSON.parse(params.body) : undefined;
      const search = new URLSearchParams(params.querystring === undefined ? query : String(params.querystring));
      try {
        return respond(200, answer(model, { method: params.method, path, query: search, body }));
      } catch (error) {
        return respond(error instanceof Refused ? 400 : 501, { error: { reason: (error as Error).message } });
      }
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

function respond(statusCode: number, body: unknown) {
  return {
    body: JSON.stringify(body),
    statusCode,
    headers: {
      'content-type': 'application/vnd.elasticsearch+json;compatible-with=8',
      'x-elastic-product': 'Elasticsearch',
    },
  };
}
