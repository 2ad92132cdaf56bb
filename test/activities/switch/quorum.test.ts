import { notSettled } from '../../../src/activities/switch/quorum';

const sides = { inside: ['new-1', 'new-2'], outside: ['old-1', 'old-2'] };

test('the quorum has moved when only one side votes, one of it is master, and it was not elected just now', () => {
  const moved = { voters: ['new-1'], master: 'new-1', term: 6 };
  expect(notSettled(moved, sides, 6)).toEqual([]);
  // Seen on a real cluster: old-1 in term 4 and old-2 in term 5 won within 20 ms, and meanwhile nobody was master.
  expect(notSettled(moved, sides, 5)).toEqual(['new-1 was elected a moment ago']);
  expect(notSettled(moved, sides)).toEqual(['new-1 was elected a moment ago']);
  expect(notSettled({ voters: ['new-1', 'old-1'], master: 'old-1', term: 6 }, sides, 6)).toEqual([
    'old-1 still votes',
    'old-1 is still the elected master',
  ]);
});

test('the vote of a node that is gone decides nothing while those that are to decide are the majority', () => {
  const votes = (voters: string[]) => notSettled({ voters, master: 'new-1', term: 6 }, sides, 6);
  expect(votes(['XnyjY', 'new-1', 'new-2'])).toEqual([]);
  expect(votes(['XnyjY', 'new-1'])).toEqual(['only 1 of 2 voters are there']);
});
