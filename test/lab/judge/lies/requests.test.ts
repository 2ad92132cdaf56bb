import type { Excuse } from '../../../../lab/judge';
import type { RequestLine } from '../../../../lab/app/journal';
import { at, type Story } from './honest';
import { mustBeNamed } from './lie';

/** Changes the ends of requests of the app that is told by its place. */
function lines(story: Story, app: number, change: (lines: RequestLine[]) => RequestLine[]): void {
  const host = story.requests[app];
  if (host) host.lines = change(host.lines);
}

const between = (from: number, to: number) => (line: RequestLine) => line.t >= at(from) && line.t < at(to);
const span = (from: number, to: number): Excuse => ({ from: at(from), to: at(to), reason: 'a fault', requests: ['x'] });

describe('lies about requests', () => {
  mustBeNamed([
    [
      'an app that was silent while the other one worked',
      (story) => {
        for (const host of story.requests.slice(1)) {
          host.lines = host.lines.filter((line) => !between(60, 70)(line));
          host.opened = host.opened.filter(({ t }) => t < at(60) || t >= at(70));
        }
      },
      'no request fails',
      'app-2 had no success for 1\\d+ ms',
    ],
    [
      'a restart that took half a minute',
      (story) => {
        for (const host of story.requests.slice(0, 1)) {
          host.lines = host.lines.filter((line) => !between(80, 110)(line));
          host.opened = host.opened.filter(({ t }) => t < at(80) || t >= at(110));
        }
      },
      'no request fails',
      'app-1 had no success for 3\\d+ ms at a restart',
    ],
    [
      'a request that was begun and never ended',
      (story) => lines(story, 0, (all) => all.filter(({ id }) => id !== 'app-1-351')),
      'no request fails',
      '1 of \\d+ requests failed: .*it was begun and never ended',
    ],
    [
      'requests that became slow',
      (story) =>
        lines(story, 1, (all) => all.map((line) => (between(60, 75)(line) ? { ...line, ms: line.ms + 4_600 } : line))),
      'no request fails',
      '99 of 100 requests took up to 46',
    ],
    [
      'shards that did not answer',
      (story) =>
        lines(story, 1, (all) =>
          all.map((line) => (line.id === 'app-2-351' ? { ...line, ok: false, error: 'only 2 of 3 shards' } : line)),
        ),
      'no request fails',
      'only 2 of 3 shards',
    ],
    [
      'bytes that crossed five times',
      (story) => {
        for (const look of story.looks) {
          const device = look.tun['tun-bigswitch'];
          if (device && look.host === 'new-1' && look.from > at(55)) device[0] += 200_000_000;
        }
      },
      'each byte crosses once',
      'bytes crossed while shards moved, the primaries have 50000000',
    ],
    [
      'a run of which most is excused',
      (story) => story.excuses.push(span(30, 70), span(60, 110)),
      'evidence',
      'faults excuse 80 s of 120 s',
    ],
    [
      'a fault that lasts for ever',
      (story) => story.excuses.push({ ...span(30, 31), to: at(400) }),
      'evidence',
      "can't excuse so long a time",
    ],
    [
      'failures of which most are excused',
      (story) => {
        story.excuses.push({ ...span(30, 90), requests: 'any' });
        lines(story, 0, (all) => all.map((line) => (between(31, 85)(line) ? { ...line, ok: false } : line)));
      },
      'evidence',
      'faults excuse \\d+ of \\d+ requests',
    ],
  ]);
});
