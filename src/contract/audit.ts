/** Name of what can be said to a run. */
export type Said = 'approve' | 'reject' | 'pause' | 'resume' | 'throttle' | 'rollback' | 'giveUp';

/** Who decided what, and what a person should know of afterwards; for the report. */
export interface AuditEntry {
  /** ISO 8601 time. */
  at: string;
  /** When it was sent, as the sender said: long before `at` for what a reset has applied again. */
  sent?: string;
  kind:
    | Said
    | (
        | 'gate-opened'
        | 'gate-passed'
        | 'expired'
        | 'stuck'
        | 'moves-again'
        | 'blocked'
        | 'tries-again'
        | 'recorded-again'
        | 'record-lost'
        | 'notify'
      );
  gate?: string;
  by?: string;
  note?: string;
  accepted: boolean;
  /** Why it was refused, or what it led to. */
  reason?: string;
}
