import { FaultLog } from '../../../lab/chaos/fault-log';

describe('the fault log', () => {
  const silent = () => new FaultLog(() => undefined);

  beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => jest.useRealTimers());

  // A fault that was still in force when the judge looked was taken for a leftover of the migration.
  it('knows when the last fault that undoes itself is over', () => {
    const faults = silent();
    expect(faults.overAt).toBe(0);
    faults.undoesItself('hang-commands on old-1', 45);
    faults.undoesItself('stop-sshd on hub-1', 20);
    expect(faults.overAt).toBe(1_045_000);
  });

  it('does not wait for one that was undone before its time', () => {
    const faults = silent();
    faults.undoesItself('loss on hub-1', 600);
    faults.undoesItself('stop-sshd on old-1', 60);
    faults.undoesItself('loss on hub-1', undefined);
    expect(faults.overAt).toBe(1_060_000);
  });
});
