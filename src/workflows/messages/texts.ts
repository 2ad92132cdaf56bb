import { z } from 'zod';

/** A name, an id or a short sentence in a message from anywhere. */
export const word = z.string().max(200);

/** ISO 8601, with an offset. */
export const time = z.iso.datetime({ offset: true }).max(64);
