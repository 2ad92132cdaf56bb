import { z } from 'zod';
import { clusterFactsSchema } from './cluster-facts';
import { dataProofSchema } from './data-proof';
import { PHASES } from './phases';

/** ISO 8601. A report is written whatever happened, so an odd time is told and not refused. */
const time = z.string();
const phase = z.enum(PHASES);

const bridge = z.object({
  clients: z.number(),
  crossPairs: z.number(),
  /** Bytes of the largest packet that crosses unfragmented. */
  mtu: z.number(),
  /** MiB/s. */
  throughputMBps: z.number(),
});

const appStats = z.object({ requests: z.number(), failed: z.number(), p50Ms: z.number(), p99Ms: z.number() });

const sample = z.object({
  /** Milliseconds since the epoch. */
  t: z.number(),
  health: z.enum(['green', 'yellow', 'red', 'unknown']),
  oldShards: z.number(),
  newShards: z.number(),
  oldBytes: z.number(),
  newBytes: z.number(),
  initializing: z.number(),
  relocating: z.number(),
  unassigned: z.number(),
  bridgeBytes: z.number().optional(),
  apps: z.record(z.string(), appStats).optional(),
});

const fact = z.object({ name: z.string(), ok: z.boolean(), seen: z.string(), proves: z.string().optional() });

const figures = z.object({
  /** From start to end, seconds. */
  seconds: z.number(),
  /** Absent when the plan has no `stats` command for any app: then nobody measured it. */
  downtime: z
    .object({
      /** Time in which no app had a successful request, seconds; as fine as the samples are far apart. */
      seconds: z.number(),
      /** Requests that failed and all requests, as the apps counted them around each sample. */
      failedRequests: z.number(),
      requests: z.number(),
      /** Longest time between two samples, seconds. */
      resolutionSeconds: z.number(),
    })
    .optional(),
  health: z.object({
    samples: z.number(),
    /** Seconds in which a sample said yellow or red. */
    belowGreenSeconds: z.number(),
    /** Seconds in which nobody answered: never counted as green. */
    unknownSeconds: z.number(),
  }),
  bridgeBytes: z.number().optional(),
  /** `bridgeBytes` ÷ bytes of the primaries; 1 is the lower bound. */
  bridgeRatio: z.number().optional(),
  savings: z
    .object({ currency: z.string(), oldPerMonth: z.number(), newPerMonth: z.number(), perMonth: z.number() })
    .optional(),
});

/**
 * Schema of `report.json`, version 1. A reader should check `schemaVersion` first; fields may be added to a version,
 * none is ever removed or changed in meaning.
 */
export const reportSchema = z.object({
  schemaVersion: z.literal(1),
  name: z.string(),
  workflowId: z.string(),
  runId: z.string(),
  outcome: z.enum(['migrated', 'rolled-back', 'failed']),
  /** Why it was rolled back or failed. */
  reason: z.string().optional(),
  /** What happened, in plain words: the headline and further sentences. */
  verdict: z.object({ headline: z.string(), sentences: z.array(z.string()) }),
  startedAt: time,
  endedAt: time,
  hosts: z.object({
    hub: z.string(),
    old: z.array(z.string()),
    new: z.array(z.string()),
    apps: z.array(z.string()),
  }),
  cluster: clusterFactsSchema.optional(),
  bridge: bridge.optional(),
  figures,
  phases: z.array(
    z.object({
      phase,
      startedAt: time,
      endedAt: time.optional(),
      /** Absent while it had not ended. */
      seconds: z.number().optional(),
      summary: z.string().optional(),
    }),
  ),
  gates: z.array(
    z.object({
      gate: z.string(),
      openedAt: time,
      passedAt: time,
      waitedSeconds: z.number(),
      approvedBy: z.array(z.string()),
      evidence: z.object({
        gate: z.string(),
        takenAt: time,
        holds: z.boolean(),
        facts: z.array(fact),
        /** What was compared of the data, where the gate is about data. */
        data: dataProofSchema.optional(),
      }),
    }),
  ),
  checks: z.array(
    z.object({
      name: z.string(),
      subject: z.string(),
      result: z.enum(['ok', 'warn', 'failed']),
      /** A failed check that the plan waives by name. */
      waived: z.boolean(),
      seen: z.string(),
      remedy: z.string().optional(),
    }),
  ),
  audit: z.array(
    z.object({
      at: time,
      kind: z.string(),
      gate: z.string().optional(),
      by: z.string().optional(),
      note: z.string().optional(),
      accepted: z.boolean(),
      reason: z.string().optional(),
    }),
  ),
  /** Every recorded change; `stays` is false for those that were undone or changed nothing. */
  changes: z.array(
    z.object({
      host: z.string(),
      phase,
      step: z.string(),
      summary: z.string(),
      changed: z.boolean(),
      stays: z.boolean(),
      at: time,
    }),
  ),
  /** Steps in the order in which they were undone. */
  undone: z.array(z.object({ host: z.string(), step: z.string(), summary: z.string().optional() })),
  samples: z.array(sample),
  /** Present when the run was turned round: by whom, why, from where, and what was put right in which order. */
  rollback: z
    .object({
      by: z.string(),
      reason: z.string(),
      at: time,
      from: phase,
      /** From the word to the last stage, seconds. */
      seconds: z.number(),
      stages: z.array(z.object({ what: z.string(), startedAt: time, endedAt: time, seconds: z.number() })),
    })
    .optional(),
  /** Hosts that a person gave up during the run, and what was changed on them and can't be taken back. */
  givenUp: z
    .array(
      z.object({
        host: z.string(),
        role: z.enum(['old', 'new', 'hub', 'app']),
        by: z.string(),
        reason: z.string(),
        at: time,
        left: z.array(z.object({ step: z.string(), summary: z.string() })),
      }),
    )
    .optional(),
  /** Entries that the run could not carry to its end, because all it knows has to fit into one payload; absent when none. */
  leftOut: z
    .object({ audit: z.number(), ledger: z.number(), undone: z.number(), checks: z.number() })
    .partial()
    .optional(),
  /** What was proven at the very end; absent when it did not come to that. */
  proof: z.object({ proven: z.string(), facts: z.record(z.string(), z.union([z.number(), z.string()])) }).optional(),
});

/** What `report.json` holds. */
export type Report = z.output<typeof reportSchema>;
