import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { z } from 'zod';
import type { Evidence } from '../../contract/evidence';
import type { Audit, Status } from '../../contract/messages';
import { KEPT_BY_MESSAGE } from '../../contract/kept-record';
import type { LedgerEntry } from '../../contract/ledger';
import { PHASES } from '../../contract/phases';
import type { MoveProgress, Sample } from '../../contract/progress';
import type { DrainAsked } from '../../contract/side-activities';
import type { Plan } from '../../plan/schema';
import { cut } from '../../text/harmless';
import { time, word } from './texts';

/** What came of a message: whether it was accepted, and why not or what it led to. */
export interface Verdict {
  accepted: boolean;
  reason: string;
}

const person = z.string().trim().min(1).max(200);
const remark = z.string().trim().max(1000);
const gate = z.string().trim().min(1).max(200);
const token = z.string().trim().min(1).max(64);
const addresses = z.array(z.string().trim().min(1).max(64)).min(1).max(200);
/** When it was sent, by the sender's clock; where that can't be read, what is said counts all the same. */
const at = time.optional().catch(undefined);

/** Shapes of the messages; unknown further fields are ignored, so that a form of the UI may send more. */
export const MESSAGES = {
  approve: z.object({ gate, token, by: person, note: remark.optional(), at: time.optional() }),
  reject: z.object({ gate, token, by: person, reason: remark.min(1), at }),
  pause: z.object({ by: person, reason: remark.optional(), at }),
  resume: z.object({
    by: person,
    reason: remark.optional(),
    all: z.boolean().optional(),
    cutOff: addresses.optional(),
    at,
  }),
  throttle: z.object({ maxMBps: z.number().positive().max(100_000), by: person.optional(), at }),
  rollback: z.object({ by: person, reason: remark.min(1), at }),
  giveUp: z.object({ host: z.string().trim().min(1).max(200), by: person, reason: remark.min(1), at }),
} as const;

/** Name of a message. */
export type MessageName = keyof typeof MESSAGES;
/** Argument of a message after validation. */
export type Message<N extends MessageName> = z.output<(typeof MESSAGES)[N]>;

/**
 * Reads a message from anywhere; never throws.
 * @returns the validated message, or one sentence of what is wrong with it
 */
export function readMessage<N extends MessageName>(name: N, raw: unknown): Message<N> | string {
  const result = MESSAGES[name].safeParse(raw);
  if (result.success) return result.data as Message<N>;
  const problems = result.error.issues.slice(0, 5).map((issue) => {
    const where = issue.path.length > 0 ? issue.path.map(String).join('.') : 'the message';
    return `${where}: ${issue.message}`;
  });
  return cut(`malformed: ${problems.join('; ')}`, 500);
}

/** Signals of a migration; each takes one JSON object, see {@link MESSAGES}. */
export const SIGNALS = {
  approve: defineSignal<[unknown]>('approve'),
  reject: defineSignal<[unknown]>('reject'),
  pause: defineSignal<[unknown]>('pause'),
  resume: defineSignal<[unknown]>('resume'),
  throttle: defineSignal<[unknown]>('throttle'),
  rollback: defineSignal<[unknown]>('rollback'),
  giveUp: defineSignal<[unknown]>('giveUp'),
} as const;

/** Updates: the same as the signals of the same name, but the sender learns what came of it. */
export const UPDATES = {
  approve: defineUpdate<Verdict, [unknown]>('approve'),
  reject: defineUpdate<Verdict, [unknown]>('reject'),
  rollback: defineUpdate<Verdict, [unknown]>('rollback'),
  giveUp: defineUpdate<Verdict, [unknown]>('giveUp'),
} as const;

/** Queries of a migration. */
export const QUERIES = {
  status: defineQuery<Status>('status'),
  plan: defineQuery<Plan>('plan'),
  audit: defineQuery<Audit>('audit'),
  evidence: defineQuery<Evidence | null>('evidence'),
  samples: defineQuery<Sample[]>('samples'),
} as const;

/** Query of the child that drains a node: what its parent has asked of it. Nobody else needs it. */
export const drainsQuery = defineQuery<DrainAsked | null>('drains');

/** What the child workflow tells its parent while it drains a node; whatever it tells, its first change is recorded. */
export interface DrainNews {
  host: string;
  /** First run of the child; absent in that of an older release. */
  run?: string;
  /** From a child of an older release, which stops the node itself: from here on a rollback has to start it again. */
  stopping?: boolean;
  progress?: MoveProgress;
  /** What it has changed. */
  ledger?: LedgerEntry[];
}

/** Longest text that a child says, in characters. */
const LONGEST_TEXT = 10_000;
/** An amount of anything: none is below zero, and none can't be counted. */
const amount = z.number().nonnegative();

const progressShape = z.object({
  done: z.boolean(),
  shardsTotal: amount,
  shardsLeft: amount,
  bytesTotal: amount,
  bytesLeft: amount,
  bytesPerSecond: amount,
  etaSeconds: amount.optional(),
  stalledSeconds: amount.optional(),
  stuck: z.object({ sentence: z.string().max(LONGEST_TEXT), action: z.string().max(LONGEST_TEXT) }).optional(),
  waits: z.string().max(LONGEST_TEXT).optional(),
  unanswered: z.object({ seconds: amount, reason: z.string().max(LONGEST_TEXT) }).optional(),
});

const line = z.string().max(LONGEST_TEXT);
const entryShape = z.object({
  host: word,
  phase: z.enum(PHASES),
  step: word,
  summary: line,
  changed: z.boolean(),
  at: word,
  kept: z.array(KEPT_BY_MESSAGE).max(10).optional().catch(undefined),
});

/** Shape of {@link DrainNews}: it is a signal like any other, so it is not trusted either. */
export const DRAIN_NEWS = z.object({
  host: word,
  run: word.optional(),
  stopping: z.boolean().optional(),
  progress: progressShape.optional(),
  ledger: z.array(entryShape).max(100).optional(),
});

/** What the delivery of a notice tells the migration, when a receiver did not take it. */
export interface NotTold {
  id: string;
  event: string;
  receiver: string;
  reason: string;
}

/** Shape of {@link NotTold}; not trusted either. */
export const NOT_TOLD = z.object({ id: word, event: word, receiver: word, reason: line });

/** Signal from the delivery of a notice to the migration. */
export const notToldSignal = defineSignal<[unknown]>('notTold');

/**
 * Signal of who is about to decide at the open gate: its evidence is taken anew first. It decides nothing, and needs no argument.
 */
export const lookAgainSignal = defineSignal('lookAgain');

/** Signal from the child workflow to its parent. */
export const drainNewsSignal = defineSignal<[unknown]>('drainNews');
