import { notSettled } from '../../../src/activities/switch/quorum';

const inside = ['new-1', 'new-2'];

test('the quorum has moved when only one side votes, one of it is master, and it was not elected just now', () => {
  const moved = { voters: ['new-1'], master: 'new-1', term: 6 };
  expect(notSettled(moved, inside, 6)).toEqual([]);
  // Seen on a real cluster: old-1 in term 4 and old-2 in term 5 won within 20 ms, and meanwhile nobody was master.
  expect(notSettled(moved, inside, 5)).toEqual(['new-1 was elected a moment ago']);
  expect(notSettled(moved, inside)).toEqual(['new-1 was elected a moment ago']);
  expect(notSettled({ voters: ['new-1', 'old-1'], master: 'old-1', term: 6 }, inside, 6)).toEqual([
    'old-1 still votes',
    'old-1 is still the elected master',
  ]);
});
