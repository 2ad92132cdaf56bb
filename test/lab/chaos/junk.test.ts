import { Dice } from '../../../lab/chaos/dice';
import { junk } from '../../../lab/chaos/junk';
import { readMessage } from '../../../src/workflows/messages/messages';

test.each(['reject', 'pause', 'resume', 'throttle', 'rollback'] as const)('no junk is a right %s', (signal) => {
  const dice = new Dice(1);
  const taken = Array.from({ length: 20_000 }, () => junk(dice, signal, 'abcd1234')).filter(
    (message) => typeof readMessage(signal, message) !== 'string',
  );
  expect(taken).toEqual([]);
});

test('some junk has the shape of an approval, and names a gate that is not open', () => {
  const dice = new Dice(1);
  const taken = Array.from({ length: 20_000 }, () => readMessage('approve', junk(dice, 'approve', 'abcd1234'))).filter(
    (message) => typeof message !== 'string',
  );
  expect(taken.length).toBeGreaterThan(100);
  expect(taken.map(({ gate }) => gate)).not.toContain('big-switch');
});
