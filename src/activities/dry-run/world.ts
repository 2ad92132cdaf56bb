import type { Deps } from '../deps';
import type { Scope } from '../../elasticsearch/scope';
import { passwordHashScript } from '../front/steps';
import { lookAtNewHosts, type NewHost } from '../preflight/cluster/hosts';
import { Redactor } from '../../secrets/redact';
import type { DryRunMove } from '../../contract/dry-run';
import type { ClusterAccess } from '../../elasticsearch/client/access';
import { reachSide } from '../../elasticsearch/looks/reach';
import { attributesIn, shownToFilters } from '../../elasticsearch/settings/filters';
import { flat } from '../../elasticsearch/settings/node-settings';
import { rolesIn } from '../../elasticsearch/settings/roles';
import { flattenConfig } from '../../hosts/app-config/yaml/edit';
import { plannedNode, plannedNodes, type HostRef } from '../../plan/hosts';
import type { MoveProgress } from '../../contract/progress';
import { secretOf } from '../../elasticsearch/client/login';
import type { Plan } from '../../plan/schema';
import { createModelAccess } from '../../dry-run/cluster/access';
import { ClusterModel, type ModelMove, type ModelSetting } from '../../dry-run/cluster/model';
import { readClusterState } from '../../dry-run/cluster/state';
import { DryRunHosts } from '../../dry-run/hosts/hosts';
import { Patience } from '../../dry-run/patience';
import type { Place } from './story';

/** A password hash is made with a salt of the host's own; this one has its shape, and is shown to nobody. */
const HASH_STAND_IN = `$6$rounds=1000$standin$${'.'.repeat(86)}`;

/** The world in which a migration is gone through: hosts that are read, a cluster that is a model, and nothing changed. */
export class DryRunWorld {
  readonly moves: DryRunMove[] = [];
  readonly settings: (ModelSetting & Pick<Place, 'phase'>)[] = [];
  readonly hosts: DryRunHosts;
  readonly redactor = new Redactor();
  readonly deps: Deps;
  private place: Place = { phase: 'bridge' };
  private readonly patience = new Patience();
  private readonly scope: Scope;

  private constructor(
    real: Deps,
    readonly plan: Plan,
    scope: Scope,
    /** Undefined where the cluster could not be looked at. */
    readonly cluster: ClusterModel | undefined,
    readonly newHosts: NewHost[],
  ) {
    this.hosts = new DryRunHosts(scope.hosts, (host, unit, running) => this.service(host, unit, running));
    this.scope = { plan, hosts: this.hosts, cluster: cluster ? this.access(cluster) : NO_CLUSTER };
    if (cluster) {
      cluster.onMove = (move) => this.moved(move);
      cluster.onSetting = (setting) => {
        this.patience.renew();
        this.settings.push({ ...setting, phase: this.place.phase });
      };
    }
    this.deps = {
      ...real,
      scope: async () => this.scope,
      secrets: this.redactor.watching(real.secrets),
      log: real.log.child({ dryRun: true }),
      // A look that the model can't answer heals by no waiting.
      heartbeat: (details) => {
        const { unanswered } = (details ?? {}) as Partial<MoveProgress>;
        if (unanswered) throw new Error(unanswered.reason);
        real.heartbeat(details);
      },
      sleep: () => this.patience.wait(),
    };
  }

  /** Looks at the cluster and the new hosts' disks. @param unknown is told what could not be looked at */
  static async open(real: Deps, unknown: (what: string, why: string) => void): Promise<DryRunWorld> {
    const scope = await real.scope();
    const { seen, checks } = await lookAtNewHosts(scope);
    for (const { subject, seen: why } of checks) unknown(`the disk of ${subject}`, why);
    const cluster = await modelOf(scope).catch((error: Error) => {
      unknown('the cluster', error.message);
      return undefined;
    });
    const world = new DryRunWorld(real, scope.plan, scope, cluster, seen);
    await world.learnSecrets();
    return world;
  }

  /** The story has come to this phase. */
  at(place: Place): void {
    this.place = place;
    if (place.phase === 'front') this.foreseeHashes();
  }

  /** What is not the plan's own may be a secret of the plan in another file: then it must not be shown either. */
  private async learnSecrets(): Promise<void> {
    const { front, elasticsearch } = this.plan;
    const refs = [front.auth.password, ...(elasticsearch.auth ? [secretOf(elasticsearch.auth)] : [])];
    await Promise.all(refs.map((ref) => this.deps.secrets.resolve(ref)));
  }

  /** Without openssl, which the phase before would have brought, a host can't make its password hash yet. */
  private foreseeHashes(): void {
    const script = passwordHashScript(this.plan.front.auth.username);
    for (const { name } of this.plan.hosts.new) {
      const model = this.hosts.model(name);
      if (model.hasCommand('openssl')) model.take([{ kind: 'answer', script, stdout: HASH_STAND_IN }]);
    }
  }

  private access(cluster: ClusterModel): ClusterAccess {
    const isMember = (host: string) => {
      const { nodeName } = plannedNode(this.plan, host);
      return cluster.state.nodes.some((node) => node.name === nodeName);
    };
    return createModelAccess(cluster, isMember);
  }

  /** A new node that is started joins, and an old one that is stopped leaves. */
  private service(host: HostRef, unit: string, running: boolean): void {
    if (unit !== this.plan.elasticsearch.service || !this.cluster) return;
    this.patience.renew();
    const { nodeName, address } = plannedNode(this.plan, host.name);
    if (!running) return this.cluster.leave(nodeName);
    const { httpPort, transportPort, configFile } = this.plan.elasticsearch;
    const look = this.newHosts.find((one) => one.host === host.name);
    const version = look?.version ?? this.cluster.state.nodes[0]?.version ?? '';
    const file = this.hosts.model(host.name).file(configFile)?.content ?? '';
    const settings = flat(Object.fromEntries(flattenConfig(file)));
    const roles = rolesIn(settings, Number.parseInt(version, 10));
    this.cluster.join({
      id: `joins-${nodeName}`,
      name: nodeName,
      version,
      roles,
      attributes: shownToFilters(nodeName, address, roles, attributesIn(settings)),
      transport: `${address}:${transportPort}`,
      http: `${address}:${httpPort}`,
      diskBytes: look?.diskBytes ?? 0,
      freeBytes: look?.freeBytes ?? 0,
    });
  }

  private moved({ source, ...move }: ModelMove): void {
    this.patience.renew();
    const sides = new Map(plannedNodes(this.plan).map((node) => [node.nodeName, node.side]));
    const [from, to] = [sides.get(source), sides.get(move.to)];
    const { phase, draining } = this.place;
    this.moves.push({
      ...move,
      from: move.from === '' ? source : move.from,
      link: from !== to ? 'bridge' : to === 'old' ? 'old-network' : 'new-network',
      phase: phase === 'drain' ? 'drain' : 'replicate',
      ...(draining !== undefined && { draining }),
    });
  }
}

async function modelOf(scope: Scope): Promise<ClusterModel> {
  const { client } = await reachSide(scope, 'old');
  const state = await readClusterState(client);
  // The run comes later: what is young now, and would be waited for, is not young then.
  for (const { settings } of state.indices) delete settings['index.creation_date'];
  return new ClusterModel(state);
}

const NO_CLUSTER: ClusterAccess = {
  via: () => {
    throw new Error('the cluster could not be looked at');
  },
  close: async () => undefined,
};
