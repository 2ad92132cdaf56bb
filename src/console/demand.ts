import { z } from 'zod';
import { confirmation } from '../view/gate';
import type { View } from '../view/view';
import type { Wish } from '../view/wish';

const decision = { gate: z.string().max(200), token: z.string().max(100) };

/** What the page sends when a person decides. */
const demandSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('approve'),
    ...decision,
    /** What the person typed to confirm. */
    typed: z.string().max(200),
    note: z.string().max(2_000).optional(),
  }),
  z.strictObject({ kind: z.literal('reject'), ...decision, reason: z.string().trim().min(1).max(2_000) }),
  z.strictObject({ kind: z.literal('pause') }),
  z.strictObject({ kind: z.literal('resume'), all: z.literal(true).optional() }),
]);

const entrySchema = z.strictObject({ token: z.string().max(200) });

/** What the page sends when it is opened. @returns the token @throws Error when it is anything else */
export function readEntry(body: string): string {
  return entrySchema.parse(JSON.parse(body)).token;
}

/** What the page sends. */
export type Demand = z.infer<typeof demandSchema>;

/**
 * Reads what the page has sent.
 * @param gate the gate that is open, as it was shown last
 * @throws Error with what is wrong, one sentence: malformed, or the confirmation is not what has to be typed
 */
export function readDemand(body: string, gate: View['gate']): Wish {
  const demand = parse(body);
  if (demand.kind !== 'approve') return demand;
  const { typed, ...wish } = demand;
  if (gate?.gate !== wish.gate) throw new Error(`Gate ${wish.gate} is not open.`);
  if (typed !== confirmation(gate)) throw new Error(`"${typed}" is not "${confirmation(gate)}"; nothing was sent.`);
  return wish;
}

function parse(body: string): Demand {
  try {
    return demandSchema.parse(JSON.parse(body));
  } catch (error) {
    throw new Error('This is nothing that the page sends; nothing was sent on.', { cause: error });
  }
}
