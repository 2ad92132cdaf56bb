import type { Deps } from '../deps';
import { MEASURE_BYTES } from '../bridge/measure';
import type { DryRunInput } from '../../contract/activities';
import { dryRunSchema, type DryRun, type DryRunMove } from '../../contract/dry-run';
import { PHASES } from '../../contract/phases';
import { allHosts } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { costOf } from '../../dry-run/foresee/cost';
import { disksOf } from '../../dry-run/foresee/disks';
import { fitted } from '../../dry-run/foresee/fit';
import { estimateLink } from './link';
import { risksOf } from '../../dry-run/foresee/risks';
import { goThrough } from './story';
import { estimateTime } from '../../dry-run/foresee/time';
import { DryRunWorld } from './world';

/**
 * Goes through a migration without changing anything, and tells what it would do. What can't be foreseen is named in
 * `unknown`, never left out in silence.
 * @throws Error when the plan's secrets can't be resolved, or no host answers
 */
export async function dryRun(deps: Deps, input: DryRunInput): Promise<DryRun> {
  const unknown = new Map<string, string>();
  const tellUnknown = (what: string, why: string) => void (unknown.has(what) || unknown.set(what, why));
  const takenAt = new Date().toISOString();
  const link = await estimateLink(await deps.scope(), input.linkMBps);
  const world = await DryRunWorld.open(deps, tellUnknown);
  const { plan } = world;
  await goThrough(world.deps, plan, link.lowMBps, {
    at: (place) => world.at(place),
    undone: (result) => world.hosts.undone(result),
    unknown: tellUnknown,
  });
  const { moves } = world;
  const drains = drainsIn(world);
  const disks = world.cluster ? disksOf(plan, world.cluster.state, world.newHosts) : [];
  const crossing = bytesOver(moves, 'bridge');
  const result: DryRun = {
    schemaVersion: 1,
    name: plan.name,
    takenAt,
    ...(input.cluster && { cluster: input.cluster }),
    hosts: allHosts(plan).map(({ name, role, ssh }) => ({ name, role, address: addressOf(plan, name) ?? ssh.address })),
    steps: inOrder(plan, world.hosts.steps),
    settings: settingsOf(world),
    gates: gatesOf(plan, drains),
    moves,
    bytes: {
      bridge: crossing,
      oldNetwork: bytesOver(moves, 'old-network'),
      newNetwork: bytesOver(moves, 'new-network'),
      measurement: MEASURE_BYTES,
    },
    link,
    time: estimateTime(plan, moves, link, plan.hosts.old.length),
    disks,
    ...withCost(plan, crossing),
    risks: risksOf(plan, input.checks, { moves, disks, link }),
    checks: input.counts,
    unknown: [...unknown].map(([what, why]) => ({ what, why })),
  };
  return fitted(dryRunSchema.parse(world.redactor.cleanAll(result)));
}

function bytesOver(moves: DryRunMove[], link: DryRunMove['link']): number {
  return moves.filter((move) => move.link === link).reduce((sum, move) => sum + move.bytes, 0);
}

function addressOf(plan: Plan, name: string): string | undefined {
  const { old, new: fresh, apps } = plan.hosts;
  return [...old, ...fresh, ...apps].find((host) => host.name === name)?.address;
}

/** Old hosts in the order in which they would be stopped. */
function drainsIn(world: DryRunWorld): string[] {
  const stopped = world.hosts.steps.filter((step) => step.phase === 'drain' && step.step === 'elasticsearch-stopped');
  return stopped.map((step) => step.host);
}

/** By phase, then by host in the plan's order: hosts are worked on side by side, so no other order means anything. */
function inOrder(plan: Plan, steps: DryRun['steps']): DryRun['steps'] {
  const hosts = allHosts(plan).map((host) => host.name);
  const drains = steps.filter((step) => step.phase === 'drain');
  return [...steps].sort(
    (a, b) =>
      PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase) ||
      (a.phase === 'drain' ? drains.indexOf(a) - drains.indexOf(b) : hosts.indexOf(a.host) - hosts.indexOf(b.host)),
  );
}

function settingsOf(world: DryRunWorld): DryRun['settings'] {
  const first = new Map<string, string | null>();
  const last = new Map<string, string | null>();
  const keyOf = (one: { on: string; key: string }) => `${one.on} ${one.key}`;
  for (const one of world.settings) {
    if (!first.has(keyOf(one))) first.set(keyOf(one), one.from);
    last.set(keyOf(one), one.to);
  }
  return world.settings
    .filter((one) => one.phase !== 'teardown')
    .map((one) => ({ ...one, stays: first.get(keyOf(one)) !== last.get(keyOf(one)) }));
}

function gatesOf(plan: Plan, drains: string[]): DryRun['gates'] {
  const approvals = (gate: 'big-switch' | 'drain' | 'teardown') => (plan.gates.twoApprovers.includes(gate) ? 2 : 1);
  return [
    { gate: 'big-switch', approvals: approvals('big-switch'), what: 'the apps go to the fronts, the canary first' },
    ...drains.map((host) => ({
      gate: `drain:${host}`,
      approvals: approvals('drain'),
      what: `${host} is emptied and stopped`,
    })),
    {
      gate: 'teardown',
      approvals: approvals('teardown'),
      what: 'redirects and bridge go; there is no way back after it',
    },
  ];
}

function withCost(plan: Plan, bridgeBytes: number): Pick<DryRun, 'cost'> {
  const cost = costOf(plan, bridgeBytes);
  return cost ? { cost } : {};
}
