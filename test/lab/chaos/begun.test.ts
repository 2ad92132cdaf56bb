import { changesBegun } from '../../../lab/chaos/begun';
import { readHistory } from '../../replay/history';

describe('changes begun in a span', () => {
  const { events } = readHistory('migrated');
  const history = events ?? [];
  const at = (index: number) => {
    const { seconds, nanos } = history[index]?.eventTime ?? {};
    return Number(seconds) * 1000 + (nanos ?? 0) / 1e6;
  };
  const hub = history.findIndex(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'installBridgeHub',
  );

  it('are those of a recorded history', () => {
    expect(changesBegun(history, 0, Infinity)).toEqual(
      expect.arrayContaining(['installBridgeHub', 'startNewNode', 'switchApp', 'markTeardown']),
    );
    expect(changesBegun(history, at(hub) - 1, at(hub) + 1)).toContain('installBridgeHub');
  });

  it('are not those outside of it, and no looks', () => {
    expect(changesBegun(history, at(hub), at(hub) + 0.001)).toEqual([]);
    expect(changesBegun(history, 0, Infinity)).not.toContain('gatherEvidence');
    expect(changesBegun(history, 0, at(0))).toEqual([]);
  });
});
