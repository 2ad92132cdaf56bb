import { packPlaces, type ShardCopy } from '../../src/contract/places';
import type { Sample } from '../../src/contract/progress';
import { parsePlan } from '../../src/plan/parse';
import type { Facts } from '../../src/view/facts';
import { copiesOnOld, livingPlan } from './living-world';

/** When the fixture's look was taken. */
export const AT = Date.parse('2026-11-24T10:00:30Z');

/** A sample of the fixture, so many seconds after ten o'clock. */
export function sampleAt(second: number, more: Partial<Sample> = {}): Sample {
  return {
    t: Date.parse('2026-11-24T10:00:00Z') + second * 1000,
    health: 'green',
    oldShards: 40,
    newShards: 8,
    oldBytes: 40 * 2 ** 26,
    newBytes: 8 * 2 ** 26,
    initializing: 0,
    relocating: 2,
    unassigned: 0,
    bridgeBytes: second * 30 * 2 ** 20,
    apps: { 'app-1': { requests: 420, failed: 0, p50Ms: 3.21, p99Ms: 11.4 } },
    ...more,
  };
}

/** The first primaries are on the new side already, the next two on their way. */
export function halfMoved(shards = 24, there = 8): ShardCopy[] {
  let left = there;
  let leaving = 2;
  return copiesOnOld(shards).map((copy, i): ShardCopy => {
    const target = `new-${(i % 3) + 1}`;
    if (copy.primary && left-- > 0) return { ...copy, node: target };
    if (copy.primary && leaving-- > 0) return { ...copy, state: 'RELOCATING', movingTo: target };
    return copy;
  });
}

/** What is known of a migration in the middle of replicate, waiting for nobody. */
export function replicating(more: Partial<Facts> = {}, copies = halfMoved()): Facts {
  const phase = (name: Facts['status']['phase'], from: number, to?: number) => ({
    phase: name,
    startedAt: new Date(AT - from * 1000).toISOString(),
    ...(to !== undefined && { endedAt: new Date(AT - to * 1000).toISOString(), summary: `${name} is done` }),
  });
  return {
    workflowId: 'bigswitch-shop',
    runId: '0197f0b2-0000-7000-8000-000000000000',
    execution: 'RUNNING',
    at: AT,
    plan: parsePlan(livingPlan()),
    status: {
      name: 'shop',
      outcome: 'running',
      phase: 'replicate',
      doing: 'moves primaries to the new side',
      paused: false,
      possible: ['pause', 'throttle', 'rollback'],
      drained: [],
      switchedApps: [],
      progress: {
        done: false,
        shardsTotal: 24,
        shardsLeft: 16,
        bytesTotal: 24 * 2 ** 26,
        bytesLeft: 16 * 2 ** 26,
        bytesPerSecond: 31 * 2 ** 20,
        etaSeconds: 33,
      },
      cluster: {
        clusterName: 'shop',
        version: '7.17.28',
        nodes: 3,
        indices: 6,
        shards: 48,
        documents: 100_000,
        primaryBytes: 24 * 2 ** 26,
        totalBytes: 48 * 2 ** 26,
      },
      phases: [
        phase('preflight', 300, 290),
        phase('bridge', 290, 240),
        phase('redirect', 240, 200),
        phase('join', 200, 60),
        phase('replicate', 60),
      ],
    },
    audit: [{ at: '2026-11-24T09:59:40.000Z', kind: 'pause', by: 'ann', accepted: true, note: 'lunch' }],
    evidence: null,
    samples: [sampleAt(0), sampleAt(10)],
    watched: {
      samples: [sampleAt(20), sampleAt(30)],
      places: packPlaces(
        AT - 500,
        { members: ['old-1', 'old-2', 'old-3', 'new-1', 'new-2', 'new-3'], master: 'old-1' },
        copies,
      ),
    },
    ...more,
  };
}

/** The same, waiting at the gate before the big switch. */
export function atBigSwitch(more: Partial<Facts['status']> = {}): Facts {
  const facts = replicating({}, halfMoved(24, 24));
  const evidence = {
    gate: 'big-switch' as const,
    takenAt: '2026-11-24T10:00:28.000Z',
    holds: true,
    facts: [
      {
        name: 'the cluster is green and at rest',
        ok: true,
        seen: 'green; nothing initializes, moves or is unassigned',
      },
      { name: 'every shard group has a copy on both sides', ok: true, seen: '24 of 24' },
    ],
  };
  const phases = [
    ...facts.status.phases.map((phase) => ({ ...phase, endedAt: phase.endedAt ?? '2026-11-24T10:00:20.000Z' })),
    { phase: 'switch' as const, startedAt: '2026-11-24T10:00:25.000Z' },
  ];
  return {
    ...facts,
    evidence,
    status: {
      ...facts.status,
      phase: 'switch',
      phases,
      doing: 'waits for approval of gate big-switch',
      progress: undefined,
      gate: {
        gate: 'big-switch',
        token: 'ab12cd34',
        evidence,
        openedAt: '2026-11-24T10:00:28.000Z',
        approvals: [],
        approvalsNeeded: 1,
        command:
          'temporal workflow signal --workflow-id bigswitch-shop --name approve --input \'{"gate":"big-switch"}\'',
      },
      ...more,
    },
  };
}
