import { waitsAfterApproval } from '../../../lab/demo/verdict';

test('from approval to action counts from the last approval that was taken, gate by gate', () => {
  const entry = (second: number, kind: 'approve' | 'gate-opened' | 'gate-passed', gate: string, accepted = true) => ({
    at: new Date(second * 1000).toISOString(),
    kind,
    gate,
    accepted,
    reason: '',
  });
  const audit = [
    entry(0, 'gate-opened', 'big-switch'),
    entry(10, 'approve', 'big-switch'),
    entry(20, 'approve', 'big-switch'),
    entry(20.2, 'approve', 'big-switch', false),
    entry(20.5, 'gate-passed', 'big-switch'),
    entry(30, 'approve', 'teardown'),
    entry(32, 'gate-passed', 'teardown'),
  ];
  expect(waitsAfterApproval({ audit })).toEqual([0.5, 2]);
});
