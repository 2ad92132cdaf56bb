import type { Excuse } from '../../../../lab/judge';
import { at, honest } from './honest';
import { brokenIn } from './lie';

describe('who tells the truth is believed', () => {
  it('when the cluster was moved', async () => expect(await brokenIn(honest())).toEqual([]));

  it('when it went back', async () => expect(await brokenIn(honest('rolled-back'))).toEqual([]));

  it('when a fault of the lab stopped an app', async () => {
    const story = honest();
    const fault: Excuse = { from: at(64), to: at(76), reason: 'app-1 was killed', apps: ['app-1'] };
    const lines = story.requests[0]?.lines ?? [];
    story.requests[0]?.lines.splice(0, lines.length, ...lines.filter(({ t }) => t < fault.from || t > fault.to));
    expect(await brokenIn(story)).not.toEqual([]);
    expect(await brokenIn({ ...story, excuses: [fault] })).toEqual([]);
  });

  it('when a fault of the lab made shards move again, and requests slow', async () => {
    const story = honest();
    const fault: Excuse = { from: at(50), to: at(61), reason: 'a node was killed', requests: ['x'], belowGreen: true };
    for (const look of story.looks) {
      const device = look.tun['tun-bigswitch'];
      if (device && look.from > fault.from && look.host === 'new-1') device[0] += 200_000_000;
    }
    for (const { lines } of story.requests.slice(0, 1))
      for (const line of lines.filter(({ t }) => t > at(51) && t < at(60))) line.ms = 4_600;
    expect(await brokenIn(story)).toHaveLength(2);
    expect(await brokenIn({ ...story, excuses: [fault] })).toEqual([]);
  });
});
