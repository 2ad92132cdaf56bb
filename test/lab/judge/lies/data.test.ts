import type { HistoryLine } from '../../../../lab/app/journal';
import type { Story, Stored } from './honest';
import { mustBeNamed } from './lie';

/** Takes documents out, or changes them. */
function stored(story: Story, change: (one: Stored) => Stored | undefined): void {
  story.stored = story.stored.map(change).filter((one) => one !== undefined);
}

/** Changes ends of operations on registers. */
function ends(story: Story, change: (line: End) => HistoryLine): void {
  story.history = story.history.map((line) => ('end' in line ? change(line) : line));
}
type End = Extract<HistoryLine, { end: string }>;
const version = (seqNo: number) => ({ seqNo, primaryTerm: 1 });

const PROMISE = 'no write is lost';

describe('lies about the data', () => {
  mustBeNamed([
    [
      'an acknowledged write that is gone',
      (story) => stored(story, (one) => (one.id === 'd-app-1-40' ? undefined : one)),
      PROMISE,
      '1 of \\d+ acknowledged writes are lost',
    ],
    [
      'all loaded documents of an index that are gone',
      (story) => stored(story, (one) => (one.index === 'carts' && 'number' in one.source ? undefined : one)),
      PROMISE,
      'carts has 0 of 20 loaded documents',
    ],
    [
      'a loaded document that is there twice',
      (story) => {
        const [one] = story.stored;
        if (one) story.stored.push({ ...one, id: 'again' });
      },
      PROMISE,
      'products has \\d+ of \\d+ loaded documents',
    ],
    [
      'a loaded document that was changed',
      (story) =>
        stored(story, (one) => (one.id === 'events-7' ? { ...one, source: { ...one.source, total: -1 } } : one)),
      PROMISE,
      'events/events-7 is not as it was loaded',
    ],
    [
      'an update that was taken back',
      (story) => stored(story, (one) => (one.id === 'app-2-3' ? { ...one, seqNo: 503, source: { seen: 3 } } : one)),
      PROMISE,
      'update 13 of sessions/app-2-3 is not there: the document is of an earlier write',
    ],
    [
      'an update that never came',
      (story) => stored(story, (one) => (one.id === 'app-2-3' ? undefined : one)),
      PROMISE,
      'update 13 of sessions/app-2-3 is not there, nor its document',
    ],
    [
      'a write of another shard generation in the place of an update',
      (story) => stored(story, (one) => (one.id === 'app-1-3' ? { ...one, source: { seen: 3 } } : one)),
      PROMISE,
      'update 13 of sessions/app-1-3 is not there: it says 3',
    ],
    [
      'a register that lost its last acknowledged write',
      (story) => (story.registers.last[0] = { seqNo: 330, primaryTerm: 1, seen: 'app-2-9' }),
      PROMISE,
      'the final cluster read app-2-9 of register-0 when app-1-10 was there since',
    ],
    [
      'two swaps of the same write',
      (story) =>
        ends(story, (line) => (line.end === 'app-2-4' ? { ...line, result: 'ok', version: version(315) } : line)),
      PROMISE,
      'app-2-4 took the place of 1/300 of register-0, and app-1-3 between them is lost',
    ],
    [
      'an acknowledged write that was overtaken by an older one',
      (story) => ends(story, (line) => (line.end === 'app-1-5' ? { ...line, version: version(200) } : line)),
      PROMISE,
      'comes after it',
    ],
    ['no history', (story) => (story.history = []), 'evidence', 'no history of reads and writes'],
    ['an app that updates nothing', (story) => (story.updates = []), 'evidence', 'no acknowledged update'],
  ]);
});
