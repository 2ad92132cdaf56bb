import type { Dice } from './dice';

const NAMES = ['gate', 'token', 'by', 'reason', 'note', 'maxMBps', 'host', 'stopping', '__proto__', 'constructor'];

/** Signals to which an approval's fields are enough: who is named in them is what must not be right. */
const ONLY_A_NAME = ['pause', 'resume'];

/**
 * A value that a form, a script or a mistake may send; sometimes nearly a right message, never one.
 * @param signal the signal that it is sent by
 * @param token the open gate's
 */
export function junk(dice: Dice, signal: string, token: string, depth = 0): unknown {
  const scalars: unknown[] = [
    null,
    true,
    0,
    -1,
    1e308,
    '',
    ' ',
    'approve',
    'big-switch',
    token,
    'x'.repeat(5_000),
    '\u0000\ud800',
    "'; rm -rf / #",
    '{{7*7}}',
  ];
  const kind = dice.between(0, depth > 3 ? 0 : 4);
  if (kind === 0) return dice.pick(scalars);
  if (kind === 1) return Array.from({ length: dice.between(0, 5) }, () => junk(dice, signal, token, depth + 1));
  if (kind === 2) return { gate: 'big-switch', token, by: dice.pick([1, '', null, 'x'.repeat(1_000), ['ann']]) };
  if (kind === 3) {
    const by = ONLY_A_NAME.includes(signal) ? ['ann'] : 'ann';
    return { gate: dice.pick(['teardown', 'drain:old-1', 'drain:', '']), token, by, reason: '' };
  }
  return Object.fromEntries(
    Array.from({ length: dice.between(0, 6) }, () => [
      dice.pick(NAMES),
      notRight(junk(dice, signal, token, depth + 1)),
    ]),
  );
}

/** A name alone would make a right `pause` or `resume`. */
function notRight(value: unknown): unknown {
  return typeof value === 'string' && value.trim() !== '' ? [value] : value;
}
