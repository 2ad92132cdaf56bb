import type { HistoryLine, RegisterOp } from '../../../../lab/app/journal';
import { REGISTERS } from '../../../../lab/app/registers';
import type { Collected } from '../../../../lab/judge/collected';
import { at, AT } from './honest';

/** One operation: who, number, what, second, which write it is or sees, and what that wrote. */
type Told = [host: string, number: number, kind: RegisterOp, second: number, seqNo?: number, value?: string];

/** Both apps write, swap and read the first register; one swap comes too late, and one write is never answered. */
const FIRST: Told[] = [
  ['app-1', 1, 'put', 30, 300, 'app-1-1'],
  ['app-1', 2, 'read', 31, 300, 'app-1-1'],
  ['app-2', 3, 'read', 31, 300, 'app-1-1'],
  ['app-1', 3, 'swap', 60, 310, 'app-1-3'],
  ['app-2', 4, 'swap', 60.01],
  ['app-1', 5, 'put', 81, 320, 'app-1-5'],
  ['app-2', 9, 'put', 100, 330, 'app-2-9'],
  ['app-1', 8, 'read', 101, 330, 'app-2-9'],
  ['app-1', 10, 'put', 110, 350, 'app-1-10'],
  ['app-2', 11, 'read', 111, 350, 'app-1-10'],
];
const ANSWERED_MS = 20;

/** What apps did with registers that they share, and what is there of it in the end. */
export function sharedRegisters(): Pick<Collected, 'history' | 'registers'> {
  const [register = ''] = REGISTERS.ids;
  const history = FIRST.flatMap(([host, number, kind, second, seqNo, value]): HistoryLine[] => {
    const id = `${host}-${number}`;
    const expected = kind === 'swap' && { expected: { seqNo: 300, primaryTerm: 1 } };
    const seen = seqNo !== undefined && { version: { seqNo, primaryTerm: 1 }, value };
    return [
      { begin: id, host, register, kind, t: at(second), ...expected },
      { end: id, t: at(second) + ANSWERED_MS, result: seen ? 'ok' : 'refused', ...seen },
    ];
  });
  const unanswered: HistoryLine = { begin: 'app-2-12', host: 'app-2', register, kind: 'put', t: at(120) };
  const last = REGISTERS.ids.map((id) =>
    id === register ? { seqNo: 350, primaryTerm: 1, seen: 'app-1-10' } : undefined,
  );
  const asked = at(AT.end + 5);
  return { history: [...history, unanswered], registers: { last, from: asked, to: asked } };
}
