import { z } from 'zod';

/**
 * A secret is never a value in the plan: it names where the worker finds it, `file:/path` or `env:NAME`.
 * It is resolved on the worker only, so that it never enters history, logs, reports or command lines.
 */
export const secretRef = z
  .string()
  .regex(
    /^(file:\/[^\0\n]+|env:[A-Za-z_][A-Za-z0-9_]*)$/,
    'must be a reference, "file:/absolute/path" or "env:NAME", not the secret itself',
  );
