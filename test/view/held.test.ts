import { heldSentence } from '../../src/view/held';

test.each([
  [{ paused: false }, undefined],
  [{ paused: true, asks: 'back or on?' }, undefined],
  [{ paused: true }, 'Paused before the next change.'],
  [{ paused: true, heldBy: [{ by: 'ann' }] }, 'Paused by ann before the next change.'],
  [
    { paused: true, asks: 'back or on?', heldBy: [{ by: 'ann', reason: 'backup' }, { by: 'bob' }] },
    'Paused by ann: backup; by bob before the next change.',
  ],
])('%j is told as %j', (status, told) => {
  expect(heldSentence(status)).toBe(told);
});
