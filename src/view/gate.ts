import type { OpenGate } from '../contract/messages';

/** An open gate, what it leads to, and whether its name has to be typed to approve it. */
export interface GateView extends OpenGate {
  typed: boolean;
  leadsTo: string;
}

const LEADS_TO: [RegExp, string][] = [
  [/^big-switch$/, 'The apps will be pointed at the fronts and restarted.'],
  [
    /^drain:/,
    'This old node will be emptied and stopped. To go back from then on takes longer: its data has to come home.',
  ],
  [/^teardown$/, 'The bridge will be removed; there is no rollback after this.'],
];

/** What passing a gate leads to, one sentence for the person who is asked. */
export function leadsTo(gate: string): string {
  return LEADS_TO.find(([pattern]) => pattern.test(gate))?.[1] ?? '';
}

/** An open gate as both seats show it. */
export function viewGate(gate: OpenGate): GateView {
  return { ...gate, typed: !gate.gate.startsWith('drain:'), leadsTo: leadsTo(gate.gate) };
}

/** What has to be typed to approve a gate. */
export function confirmation({ gate, typed }: Pick<GateView, 'gate' | 'typed'>): string {
  return typed ? gate : 'yes';
}
