import type { Status } from '../contract/messages';
import type { Phase } from '../contract/phases';
import { unpackPlaces, type ShardCopy, type Places } from '../contract/places';
import { plannedNodes } from '../plan/hosts';
import type { Plan } from '../plan/schema';

/** One host as both seats show it. */
export interface HostView {
  name: string;
  role: 'hub' | 'old' | 'new' | 'app';
  /** `node.name`, of old and new hosts. */
  node?: string;
  /** `good` as it is meant to be, `busy` being worked on, `off` not in use, `bad` missing where it should be. */
  mark: 'good' | 'busy' | 'off' | 'bad' | 'unknown';
  /** Its state in a few words. */
  state: string;
  /** Whether it is the elected master. */
  master?: boolean;
  /** Copies of shards on it and their bytes. */
  copies?: number;
  bytes?: number;
}

/** The hosts of the plan with what is known of each: hub, old, new, apps. */
export function viewHosts(plan: Plan, status: Status, places: Places | undefined): HostView[] {
  const begun = (phase: Phase) => status.phases.some((record) => record.phase === phase);
  const ended = (phase: Phase) => status.phases.some((record) => record.phase === phase && record.endedAt);
  const copies = places ? unpackPlaces(places) : [];
  return [
    viewHub(plan, { begun: begun('bridge'), up: ended('bridge') === true, gone: ended('teardown') === true }),
    ...plannedNodes(plan).map(({ host, nodeName, side }): HostView => {
      const held = places && holdings(copies, nodeName);
      const seen = places?.nodes.slice(0, places.members).includes(nodeName);
      return {
        name: host,
        role: side,
        node: nodeName,
        ...(side === 'old' ? oldState(host, status, seen) : newState(begun('join'), ended('join') === true, seen)),
        ...(places?.master === nodeName && { master: true }),
        ...held,
      };
    }),
    ...plan.hosts.apps.map(({ name }): HostView => {
      const switched = status.switchedApps.includes(name);
      return { name, role: 'app', mark: 'good', state: switched ? 'on the fronts' : 'on old nodes' };
    }),
  ];
}

function holdings(copies: readonly ShardCopy[], node: string): { copies: number; bytes: number } {
  const own = copies.filter((copy) => copy.node === node);
  return { copies: own.length, bytes: own.reduce((sum, copy) => sum + copy.bytes, 0) };
}

type State = Pick<HostView, 'mark' | 'state'>;

function viewHub(plan: Plan, bridge: { begun: boolean; up: boolean; gone: boolean }): HostView {
  const state: State = bridge.gone
    ? { mark: 'off', state: 'retired' }
    : bridge.up
      ? { mark: 'good', state: 'carries the bridge' }
      : bridge.begun
        ? { mark: 'busy', state: 'bridge comes up' }
        : { mark: 'off', state: 'not in use yet' };
  return { name: plan.hosts.hub.name, role: 'hub', ...state };
}

function oldState(host: string, status: Status, seen: boolean | undefined): State {
  if (status.drained.includes(host)) return { mark: 'off', state: 'drained, stopped' };
  if (status.draining === host) return { mark: 'busy', state: 'being drained' };
  return memberState(seen);
}

function newState(joinBegun: boolean, joined: boolean, seen: boolean | undefined): State {
  if (!joinBegun) return { mark: 'off', state: 'not in use yet' };
  if (!joined && !seen) return { mark: 'busy', state: 'joins' };
  return memberState(seen);
}

function memberState(seen: boolean | undefined): State {
  if (seen === undefined) return { mark: 'unknown', state: 'not seen yet' };
  return seen ? { mark: 'good', state: 'in the cluster' } : { mark: 'bad', state: 'not in the cluster' };
}
