import type { Notice } from '../../../src/contract/notice';

/** A notice of an open gate. */
export const NOTICE: Notice = {
  schemaVersion: 1,
  id: '0c7a4e8e-4b53-4d5a-8a1b-1f2c3d4e5f60',
  at: '2026-01-02T03:04:05.000Z',
  event: 'gate-opened',
  migration: 'shop',
  workflowId: 'bigswitch-shop',
  phase: 'switch',
  what: 'Gate big-switch waits for a person (0 of 1 approvals).',
  todo: 'Read the evidence, then approve or reject.',
  commands: [{ does: 'to approve', command: `temporal workflow signal --name approve --input '{"by":"you"}'` }],
};
