import { z } from 'zod';
import { secretRef } from './secret-ref';

/** What people are told of. */
export const NOTICE_EVENTS = ['gate-opened', 'phase-ended', 'stuck', 'waiting', 'blocked', 'run-ended'] as const;

const common = {
  /** Short name, for the audit: addresses are secret there. */
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a short name: lower-case letters, digits and hyphens'),
  /** What it is told of; default: everything. */
  on: z
    .array(z.enum(NOTICE_EVENTS))
    .min(1)
    .default([...NOTICE_EVENTS]),
};

/** An address that gets each notice as an HTTP POST. */
export const webhookSchema = z.strictObject({
  ...common,
  /** The address, which often holds a token itself. */
  url: secretRef,
  /** `json`: the whole notice. `slack`: `{"text": ...}`, as Slack, Mattermost and others take it. */
  format: z.enum(['json', 'slack']).default('json'),
  /** Value of the header `Authorization`, for example `Bearer ...`. */
  authorization: secretRef.optional(),
});

/** A program on the worker's machine that gets each notice as JSON on its standard input. */
export const commandSchema = z.strictObject({
  ...common,
  /**
   * File in the folder that the worker's environment names by `BIGSWITCH_HOOKS`. Never a path or a shell line: whoever may
   * start a migration must not choose what runs on the worker.
   */
  run: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, "must be the name of a file in the worker's hooks folder"),
});

/** Who is told. */
export const notifySchema = z.strictObject({
  webhooks: z.array(webhookSchema).default([]),
  commands: z.array(commandSchema).default([]),
});

/** Who is told, after validation. */
export type Notify = z.output<typeof notifySchema>;
/** One who is told: a webhook or a command. */
export type Receiver = Notify['webhooks'][number] | Notify['commands'][number];
/** What happened. */
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];
