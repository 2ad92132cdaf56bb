import { buildView, type View } from '../../src/view/view';
import { NEW_SEAT, press, seen, type Pressed, type Seat } from '../../src/watch/state';
import { atBigSwitch, replicating } from '../view/facts-fixture';

const waiting = buildView(atBigSwitch());
const moving = buildView(replicating());

function type(text: string | string[], view: View, seat: Seat = NEW_SEAT): Pressed {
  return [...text].reduce<Pressed>((pressed, key) => press(pressed.seat, key, view), { seat });
}

const gateOf = (change: Partial<NonNullable<View['gate']>>): View => ({
  ...waiting,
  gate: { ...waiting.gate!, ...change },
});

describe('the keys of the live screen', () => {
  it('approve what was shown, once its name is typed in full', () => {
    const { seat, wish } = type(['a', ...'big-switch', 'ENTER'], waiting);
    expect(wish).toEqual({ kind: 'approve', gate: 'big-switch', token: 'ab12cd34' });
    expect(seat).toEqual(NEW_SEAT);
  });

  it('send nothing for anything else that is typed', () => {
    for (const typed of ['', 'y', 'yes', 'big switch', 'BIG-SWITCH']) {
      const { seat, wish } = type(['a', ...typed, 'ENTER'], waiting);
      expect(wish).toBeUndefined();
      expect(seat).toMatchObject({ mode: 'approve', typed: '', told: { good: false } });
    }
  });

  it('approve a drain with yes', () => {
    const view = gateOf({ gate: 'drain:old-1', typed: false });
    expect(type(['a', ...'yes', 'ENTER'], view).wish).toMatchObject({ kind: 'approve', gate: 'drain:old-1' });
  });

  it('never approve evidence that does not hold', () => {
    const view = gateOf({ evidence: { ...waiting.gate!.evidence, holds: false } });
    expect(type(['a', ...'big-switch', 'ENTER'], view).wish).toBeUndefined();
  });

  it('reject with a reason, and not without one', () => {
    expect(type(['r', ' ', 'ENTER'], waiting).wish).toBeUndefined();
    expect(type(['r', ...'too late ', 'ENTER'], waiting).wish).toEqual({
      kind: 'reject',
      gate: 'big-switch',
      token: 'ab12cd34',
      reason: 'too late',
    });
  });

  it('take back one character, go back without sending, and scroll', () => {
    expect(type(['a', 'b', '索', 'BACKSPACE'], waiting).seat.typed).toBe('b');
    expect(type(['a', 'b', 'ESCAPE'], waiting)).toEqual({ seat: NEW_SEAT });
    expect(type(['a', 'DOWN', 'PAGE_DOWN', 'UP'], waiting).seat.scroll).toBe(10);
    expect(type(['a', 'UP'], waiting).seat.scroll).toBe(0);
    expect(type(['a', 'F5'], waiting).seat.typed).toBe('');
  });

  it('pause and continue where that makes sense, and quit', () => {
    expect(type('p', moving).wish).toEqual({ kind: 'pause' });
    expect(type('c', moving).wish).toBeUndefined();
    const paused: View = { ...moving, paused: true, possible: ['resume'] };
    expect(type('p', paused).wish).toBeUndefined();
    expect(type('c', paused).wish).toEqual({ kind: 'resume' });
    expect(type('e', paused).wish).toBeUndefined();
    expect(type('e', { ...paused, heldBy: [{ by: 'ann' }] }).wish).toEqual({ kind: 'resume', all: true });
    expect(type('c', { ...paused, paused: false, blocked: 'front: no answer' }).wish).toEqual({ kind: 'resume' });
    expect(type('p', { ...moving, outcome: 'migrated', possible: [] }).wish).toBeUndefined();
    expect(type('q', moving).quit).toBe(true);
    // A word that is typed has a q too.
    expect(type('aq', waiting).quit).toBeUndefined();
  });

  it('do nothing about a gate while none is open', () => {
    expect(type('a', moving).seat).toEqual(NEW_SEAT);
    expect(type('r', moving).seat).toEqual(NEW_SEAT);
  });
});

describe('a decision that a person is about to take', () => {
  const typing = type(['a', ...'big-swit'], waiting).seat;

  it('stays while what was read is what is there', () => {
    expect(seen(typing, waiting)).toEqual(typing);
  });

  it('begins anew when the evidence says something else', () => {
    const next = seen(typing, gateOf({ token: 'ee00ff11' }));
    expect(next).toMatchObject({ mode: 'approve', typed: '', about: { token: 'ee00ff11' }, told: { good: false } });
  });

  it('is taken back when the gate has closed, or is another one', () => {
    for (const view of [moving, gateOf({ gate: 'teardown' })]) {
      expect(seen(typing, view)).toMatchObject({
        mode: 'look',
        told: { good: false, text: 'Gate big-switch is not open any more; nothing was sent.' },
      });
    }
    expect(press(typing, 'ENTER', moving)).toEqual({ seat: NEW_SEAT });
  });
});
