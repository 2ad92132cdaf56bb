import type { DryRun, DryRunLink, DryRunMove } from '../../contract/dry-run';
import type { Plan } from '../../plan/schema';
import { lanesOf, throttlePerNode } from '../../elasticsearch/settings/throttle';

type Range = DryRun['time']['total'];

const MEBIBYTE = 2 ** 20;

/**
 * Seconds that a phase takes beside the bytes: a fixed part, a part for each host, and where it is so for each round of
 * hosts (16 are worked on side by side). From runs on a small machine (low) and what slow mirrors, JVMs and disks add (high).
 * See docs/decisions/0017-the-dry-run.md.
 */
const FIXED = {
  preflight: { base: [1, 20], round: [0.5, 15] },
  bridge: { base: [4, 60], round: [4, 120] },
  redirect: { base: [2, 20], round: [2, 15] },
  join: { base: [8, 90], round: [4, 60] },
  replicate: { base: [8, 60], round: [0, 0] },
  front: { base: [2, 30], round: [2, 90] },
  drain: { base: [0, 0], round: [0, 0] },
  teardown: { base: [5, 60], round: [4, 60] },
} as const;
/** One drain beside its bytes: proofs, the stop of a JVM, files on every host. */
const ONE_DRAIN = { low: 8, high: 90 };
/** One move beside its bytes: it is asked for, found and begun. Some run at the same time. */
const ONE_MOVE = { low: 0.3, high: 4 };
/** MiB/s of one node within its own network: Elasticsearch's default limit, and a slow disk. */
const LOCAL = { low: 15, high: 40 };
/** A busy cluster reaches less than the link has. */
const BUSY = 0.5;
const SIDE_BY_SIDE = 16;

/**
 * How long a migration takes, from the link and the moves, without the time in which gates wait for people. Pure.
 */
export function estimateTime(plan: Plan, moves: DryRunMove[], link: DryRunLink, drains: number): DryRun['time'] {
  const hosts = plan.hosts.old.length + plan.hosts.new.length;
  const rounds = (count: number) => Math.ceil(count / SIDE_BY_SIDE);
  const phases: DryRun['time']['phases'] = [
    { phase: 'preflight', ...fixed('preflight', rounds(hosts + plan.hosts.apps.length + 1)) },
    { phase: 'bridge', ...fixed('bridge', rounds(hosts)) },
    { phase: 'redirect', ...fixed('redirect', rounds(hosts)) },
    { phase: 'join', ...fixed('join', Math.ceil(plan.hosts.new.length / 3)) },
    {
      phase: 'replicate',
      ...sum([fixed('replicate', 0), proofs(plan), ...transfers(plan, ofPhase('replicate'), link)]),
    },
    { phase: 'front', ...fixed('front', rounds(plan.hosts.new.length)) },
    { phase: 'switch', ...switching(plan) },
    {
      phase: 'drain',
      ...sum([
        ...Array.from({ length: drains }, () => sum([ONE_DRAIN, proofs(plan)])),
        ...transfers(plan, ofPhase('drain'), link),
      ]),
    },
    { phase: 'teardown', ...fixed('teardown', rounds(hosts)) },
  ];
  return { total: sum(phases), phases };

  function ofPhase(phase: DryRunMove['phase']): DryRunMove[] {
    return moves.filter((move) => move.phase === phase);
  }
}

function fixed(phase: keyof typeof FIXED, rounds: number): Range {
  const { base, round } = FIXED[phase];
  return { low: base[0] + rounds * round[0], high: base[1] + rounds * round[1] };
}

/** Proofs in a row are seconds apart. */
function proofs(plan: Plan): Range {
  const seconds = (plan.replicate.proofs - 1) * plan.replicate.proofIntervalSeconds;
  return { low: seconds, high: 2 * seconds + 10 };
}

/** Every batch is watched for as long as the plan says; an app may take its whole check time. */
function switching(plan: Plan): Range {
  const { apps } = plan.hosts;
  const batches = 1 + Math.ceil((apps.length - 1) / plan.switch.batch);
  const check = Math.max(...apps.map((app) => app.checkSeconds));
  return {
    low: batches * (plan.switch.watchSeconds + 1) + 2,
    high: batches * (plan.switch.watchSeconds + 30 + check) + 60,
  };
}

function transfers(plan: Plan, moves: DryRunMove[], link: DryRunLink): Range[] {
  const nodes = plan.hosts.new.length;
  const slots = nodes * plan.replicate.movesPerNode;
  const across = moves.filter((move) => move.link === 'bridge');
  const crossing = bytes(across) / MEBIBYTE;
  const largest = Math.max(0, ...across.map((move) => move.bytes)) / MEBIBYTE;
  // A node sends and receives no faster than its bound, and a shard no faster than its node.
  const lanes = Math.min(lanesOf(plan), different(across, 'from'), different(across, 'to')) || 1;
  const local = bytes(moves.filter((move) => move.link !== 'bridge')) / MEBIBYTE;
  const bridged = (perNode: number) => Math.max(crossing / (perNode * lanes), largest / perNode);
  return [
    {
      low: bridged(throttlePerNode(plan, link.highMBps)),
      high: bridged(slowestPerNode(plan, link)),
    },
    { low: local / (LOCAL.high * nodes), high: local / LOCAL.low },
    { low: (moves.length * ONE_MOVE.low) / slots, high: (moves.length * ONE_MOVE.high) / Math.min(2, slots) },
  ];
}

/** MiB/s at which one node receives at the least what crosses the bridge: its bound, on a busy cluster. */
export function slowestPerNode(plan: Plan, link: DryRunLink): number {
  return throttlePerNode(plan, link.lowMBps) * BUSY;
}

function different(moves: DryRunMove[], end: 'from' | 'to'): number {
  return new Set(moves.map((move) => move[end])).size;
}

function bytes(moves: DryRunMove[]): number {
  return moves.reduce((total, move) => total + move.bytes, 0);
}

function sum(ranges: Range[]): Range {
  return {
    low: ranges.reduce((total, one) => total + one.low, 0),
    high: ranges.reduce((total, one) => total + one.high, 0),
  };
}
