import { buildView } from '../../src/view/view';
import { newLines } from '../../src/watch/plain';
import { atBigSwitch, replicating } from '../view/facts-fixture';

const moving = buildView(replicating());
const waiting = buildView(atBigSwitch());

describe('the lines of a watch without a terminal', () => {
  it('begin with all that is known', () => {
    expect(newLines(moving, undefined)).toEqual([
      '10:00:30  replicate: moves primaries to the new side',
      '10:00:30  replicate: 33 %, 8 of 24 shards, 31.0 MiB/s, about 33 s left',
      '10:00:30  the cluster is green',
    ]);
  });

  it('say nothing twice, and something new for each tenth of a move', () => {
    const later = (share: number) => ({ ...moving, progress: { ...moving.progress!, share } });
    expect(newLines(moving, moving)).toEqual([]);
    expect(newLines(later(0.38), moving)).toEqual([]);
    expect(newLines(later(0.41), moving)).toEqual([expect.stringContaining('replicate: 41 %')]);
  });

  it('have the evidence of a gate and the command that approves it, once for each token', () => {
    const lines = newLines(waiting, moving);
    expect(lines.slice(-4)).toEqual([
      '10:00:30  gate big-switch waits for a person, 0 of 1 approvals; its evidence holds',
      '10:00:30    ✓ the cluster is green and at rest: green; nothing initializes, moves or is unassigned',
      '10:00:30    ✓ every shard group has a copy on both sides: 24 of 24',
      '10:00:30    to approve: bigswitch approve shop --gate big-switch --token ab12cd34',
    ]);
    expect(newLines(waiting, waiting)).toEqual([]);
    const anew = { ...waiting, gate: { ...waiting.gate!, token: 'ee00ff11' } };
    expect(newLines(anew, waiting)).toHaveLength(4);
  });

  it('offer no approval of evidence that does not hold', () => {
    const evidence = { ...waiting.gate!.evidence, holds: false };
    const lines = newLines({ ...waiting, gate: { ...waiting.gate!, evidence } }, moving).join('\n');
    expect(lines).toContain('its evidence does not hold');
    expect(lines).not.toContain('to approve');
  });

  it('tell of trouble when it comes, of health when it changes, and of the end', () => {
    const trouble = {
      ...moving,
      blocked: 'front: no answer',
      asks: 'roll back?',
      paused: true,
      problem: 'no worker answers',
      retries: ['join is tried for the 2nd time: refused\u001b[2J'],
      progress: { ...moving.progress!, stuck: { sentence: 'It is full.', action: 'Free some.' } },
    };
    expect(newLines(trouble, moving).map((line) => line.slice(10))).toEqual([
      'blocked: front: no answer',
      'asks: roll back?',
      'stuck: It is full. Free some.',
      'no worker answers',
      'join is tried for the 2nd time: refused [2J',
    ]);
    expect(newLines({ ...moving, cluster: { ...moving.cluster, health: 'yellow' } }, moving)).toEqual([
      '10:00:30  the cluster is yellow',
    ]);
    expect(newLines({ ...moving, outcome: 'migrated' }, moving)).toEqual(['10:00:30  shop is migrated']);
  });
});
