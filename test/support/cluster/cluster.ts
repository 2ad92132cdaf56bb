import { createAnsweredAccess, replyOf, type Reply } from '../../../src/dry-run/cluster/access';
import type { ModelRequest } from '../../../src/dry-run/cluster/answers';
import { ClusterModel } from '../../../src/dry-run/cluster/model';
import type { ClusterState } from '../../../src/dry-run/cluster/state';
import type { ClusterAccess } from '../../../src/elasticsearch/client/access';
import { Beforehand } from './beforehand';
import { Documents } from './documents';

/** A request, and the host whose node was asked. */
export type Asked = ModelRequest & { host: string };

/** Gives another answer than the true one; undefined where it has nothing to say. What it throws is a lost connection. */
export type Lie = (asked: Asked, truth: () => Reply) => Reply | undefined;

/** Requests that are no `GET` and change nothing all the same. */
const ONLY_ASKS = /\/_(search|mget|refresh)$|^\/_cluster\/allocation\/explain$/;

/**
 * A cluster for tests below the lab: the dry run's model, with documents, behind the real Elasticsearch client. It tells the
 * truth until a test makes it lie.
 */
export class SimulatedCluster {
  readonly model: ClusterModel;
  readonly documents: Documents;
  readonly beforehand: Beforehand;
  readonly access: ClusterAccess;
  /** Every request, in order. */
  readonly asked: Asked[] = [];
  private lies: Lie[] = [];

  /**
   * @param state is changed by what is asked of it
   * @param nameOf name of the node on a host
   */
  constructor(state: ClusterState, nameOf: (host: string) => string) {
    this.model = new ClusterModel(state);
    this.documents = new Documents(state);
    this.beforehand = new Beforehand(state);
    this.access = createAnsweredAccess((host, request) => {
      if (!state.nodes.some(({ name }) => name === nameOf(host))) throw new Error('connect ECONNREFUSED');
      const asked = { ...request, host };
      this.asked.push(asked);
      // The newest lie is told first, and sees the older ones as the truth.
      const tell = (lies: Lie[]): Reply => {
        const [lie, ...older] = lies;
        if (!lie) return this.truth(request);
        return lie(asked, () => tell(older)) ?? tell(older);
      };
      return tell([...this.lies].reverse());
    });
  }

  get state(): ClusterState {
    return this.model.state;
  }

  /** From now on it lies like this too. */
  tell(...lies: Lie[]): void {
    this.lies.push(...lies);
  }

  /** From now on it tells the truth again. */
  tellTheTruth(): void {
    this.lies = [];
  }

  /** Requests that would change the cluster, as `METHOD path`. */
  get changes(): string[] {
    const changing = this.asked.filter(({ method, path }) => method !== 'GET' && !ONLY_ASKS.test(path));
    return changing.map(({ method, path }) => `${method} ${path}`);
  }

  private truth(request: ModelRequest): Reply {
    const told = this.documents.answer(request) ?? this.beforehand.answer(request);
    return told === undefined ? replyOf(this.model, request) : { status: 200, body: JSON.stringify(told) };
  }
}
