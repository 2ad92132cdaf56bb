import { z } from 'zod';
import { planSchema } from './schema';

/**
 * JSON Schema of a plan as a person writes it, for editors. What one field can't show by itself, such as two hosts of one
 * name, is found by `parsePlan` only.
 */
export function planJsonSchema(): z.core.JSONSchema.JSONSchema {
  return { ...z.toJSONSchema(planSchema, { io: 'input' }), title: 'Plan of a bigswitch migration' };
}
