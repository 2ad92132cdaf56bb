import { DefaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

/** Stands for a payload that is not what its encoding says. No schema accepts it, so the message is refused as malformed. */
export class Unreadable {
  /** Shown instead of the value where it is printed. */
  readonly unreadable = true;
}

/**
 * The standard converter, but for one thing: a message whose bytes are not JSON becomes {@link Unreadable}. The standard
 * one throws while the workflow task is being prepared, so that one broken signal would wedge the run for good.
 */
class ForgivingPayloadConverter implements PayloadConverter {
  private readonly standard = new DefaultPayloadConverter();

  toPayload<T>(value: T): Payload {
    return this.standard.toPayload(value);
  }

  fromPayload<T>(payload: Payload): T {
    try {
      return this.standard.fromPayload<T>(payload);
    } catch {
      return new Unreadable() as T;
    }
  }
}

/** The converter that the worker loads by path, for the workflow sandbox and for itself. */
export const payloadConverter: PayloadConverter = new ForgivingPayloadConverter();
