import { errors } from '@elastic/elasticsearch';

/**
 * Why there was no answer that counts, which decides what a person does about it: nobody listens, whoever listens hung up on http or does
 * not speak https, its certificate is not believed, none came in time, it was a status of 5xx or "not now", it was no answer to this
 * question.
 */
export type WhyNoAnswer =
  'refused' | 'hung-up' | 'not-https' | 'not-believed' | 'late' | 'unwell' | 'unreadable' | 'unknown';

/** A request without an answer that counts; the next try may have one. */
export class NoAnswer extends Error {
  constructor(
    message: string,
    readonly why: WhyNoAnswer,
  ) {
    super(message);
  }
}

/** Why the client had no answer, by its error. What SSH says of a connection that it could not open is a text alone. */
export function whyOf(error: unknown): WhyNoAnswer {
  if (error instanceof errors.TimeoutError) return 'late';
  if (error instanceof errors.DeserializationError) return 'unreadable';
  const { message = '' } = error as Partial<Error>;
  if (/refused/i.test(message)) return 'refused';
  // What OpenSSL says of an answer that is no TLS, and Node.js of a certificate.
  if (/wrong version number|packet length too long|EPROTO/i.test(message)) return 'not-https';
  if (/certificate|altnames/i.test(message)) return 'not-believed';
  return /hang up|other side closed|reset|aborted while reading|closed while reading/i.test(message)
    ? 'hung-up'
    : 'unknown';
}
