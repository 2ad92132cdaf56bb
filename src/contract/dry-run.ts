import { z } from 'zod';
import { clusterFactsSchema } from './cluster-facts';
import { PHASES } from './phases';

const phase = z.enum(PHASES);

/** What one step would do to a host, thing by thing. Secrets and keys are never in it. */
const change = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('file'),
    path: z.string(),
    /** `new` where there is none yet, `made-there` where the host itself makes it (a key), so that nobody knows it before. */
    state: z.enum(['new', 'edited', 'made-there']),
    /** Unified diff, values of secrets taken out; of a secret file only the changed lines. Absent for `made-there`. */
    diff: z.string().optional(),
    /** Lines of the diff that were left out because the whole answer would be too large. */
    linesLeftOut: z.number().optional(),
    mode: z.string().optional(),
    owner: z.string().optional(),
    /** Where it is a symbolic link. */
    target: z.string().optional(),
  }),
  z.object({
    kind: z.literal('packages'),
    /** What the host's package manager would install, with versions; `version` is absent where it can't tell. */
    packages: z.array(z.object({ name: z.string(), version: z.string().optional() })),
  }),
  z.object({
    kind: z.literal('service'),
    unit: z.string(),
    from: z.object({ enabled: z.string(), active: z.string() }),
    to: z.object({ enabled: z.boolean(), running: z.boolean() }),
  }),
  z.object({
    kind: z.literal('rules'),
    /** As `iptables-save -t nat` lists them. */
    added: z.array(z.string()),
    removed: z.array(z.string()),
    linesLeftOut: z.number().optional(),
  }),
]);

const step = z.object({
  host: z.string(),
  phase,
  step: z.string(),
  summary: z.string(),
  /** False where the host or the cluster is as wanted already. */
  changed: z.boolean(),
  /** Whether it is still so when the migration has ended. */
  stays: z.boolean(),
  changes: z.array(change),
});

const setting = z.object({
  /** `cluster`, or the name of an index. */
  on: z.string(),
  key: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
});

const move = z.object({
  index: z.string(),
  shard: z.number(),
  primary: z.boolean(),
  from: z.string(),
  to: z.string(),
  bytes: z.number(),
  /** The link that its bytes cross: a copy is always built from its primary. */
  link: z.enum(['bridge', 'old-network', 'new-network']),
  phase: z.enum(['replicate', 'drain']),
  /** Host that is being drained. */
  draining: z.string().optional(),
});

const seconds = z.object({ low: z.number(), high: z.number() });

/**
 * Schema of what `bigswitch plan --json` prints, version 1. A reader should check `schemaVersion` first; fields may be
 * added to a version, none is ever removed or changed in meaning.
 */
export const dryRunSchema = z.object({
  schemaVersion: z.literal(1),
  name: z.string(),
  /** ISO 8601 time at which hosts and cluster were looked at. */
  takenAt: z.string(),
  cluster: clusterFactsSchema.optional(),
  hosts: z.array(z.object({ name: z.string(), role: z.enum(['hub', 'old', 'new', 'app']), address: z.string() })),
  /** Everything that would be done, in order; a change of the cluster stands with the hub, which keeps its record. */
  steps: z.array(step),
  /** Settings of the cluster and of indices that are changed for a time or for good, in order. */
  settings: z.array(setting.extend({ phase, stays: z.boolean() })),
  /** Gates in the order in which they open, with the approvals that each needs. */
  gates: z.array(z.object({ gate: z.string(), approvals: z.number(), what: z.string() })),
  moves: z.array(move),
  bytes: z.object({
    /** Bytes of shards that cross the bridge, and that move within the old and the new network. */
    bridge: z.number(),
    oldNetwork: z.number(),
    newNetwork: z.number(),
    /** What the measurement of the bridge sends at most. */
    measurement: z.number(),
  }),
  link: z.object({
    /** `plan`: the operator's figure. `measured`: plain TCP to the hub, before there is a bridge. `unknown`: neither. */
    basis: z.enum(['given', 'measured', 'unknown']),
    /** MiB/s that the bridge is taken to carry. */
    lowMBps: z.number(),
    highMBps: z.number(),
    /** What this rests on, in plain words. */
    why: z.string(),
    /** What was measured, MiB/s. */
    measured: z.array(z.object({ from: z.string(), to: z.string(), MBps: z.number() })),
  }),
  /** Seconds without the time in which gates wait for people. */
  time: z.object({ total: seconds, phases: z.array(seconds.extend({ phase })) }),
  /** Each new node's disk when the migration has ended. */
  disks: z.array(
    z.object({
      node: z.string(),
      host: z.string(),
      path: z.string().optional(),
      totalBytes: z.number(),
      usedBytes: z.number(),
      freeBytes: z.number(),
      shards: z.number(),
      /** Bytes that must stay free for each watermark; absent where the cluster's setting can't be understood. */
      watermarks: z.object({ low: z.number(), high: z.number(), flood: z.number() }).optional(),
      /** The highest watermark that it would be over. */
      over: z.enum(['none', 'low', 'high', 'flood']),
    }),
  ),
  cost: z
    .object({
      currency: z.string(),
      egress: z.object({ perGiB: z.number(), total: z.number() }).optional(),
      monthly: z.object({ old: z.number(), new: z.number(), saving: z.number() }).optional(),
    })
    .optional(),
  /** What can go wrong, the worst first. */
  risks: z.array(
    z.object({
      /** `refused`: preflight would end the migration here. */
      severity: z.enum(['refused', 'waived', 'warning']),
      check: z.string(),
      /** Host, node, index or app; empty for the whole cluster. */
      subject: z.string(),
      seen: z.string(),
      todo: z.string().optional(),
    }),
  ),
  checks: z.object({ ok: z.number(), warn: z.number(), failed: z.number() }),
  /** What could not be foreseen, and why; empty when everything was. */
  unknown: z.array(z.object({ what: z.string(), why: z.string() })),
});

/** What a migration would do, as a dry run foresees it. */
export type DryRun = z.output<typeof dryRunSchema>;
/** One step of it. */
export type DryRunStep = DryRun['steps'][number];
/** One thing that a step would change on a host. */
export type DryRunChange = DryRunStep['changes'][number];
/** One copy of a shard that would move. */
export type DryRunMove = DryRun['moves'][number];
/** A changed setting. */
export type DryRunSetting = DryRun['settings'][number];

/** What the bridge is taken to carry, and why. */
export type DryRunLink = DryRun['link'];
