import type { Look } from '../../lab/judge';
import type { DryRun } from '../../src/contract/dry-run';
import type { Report } from '../../src/contract/report';
import { checkForeseen, type Run } from '../e2e/foreseen';

const RULE = '-A OUTPUT -d 198.18.2.11/32 -p tcp -j bigswitch';
const BEFORE: Look = {
  hosts: { 'old-1': { 'content /etc/hosts': 'a', 'file /etc/hosts': 'f 644 root:root' } },
  copies: [
    { index: 'orders', shard: 0, primary: true, node: 'old-1' },
    { index: 'orders', shard: 0, primary: false, node: 'old-2' },
  ],
};
const AT_SWITCH: Look = {
  hosts: {
    'old-1': {
      'content /etc/hosts': 'a',
      'file /etc/openvpn/bigswitch/client.conf': 'f 600 root:root',
      'content /etc/openvpn/bigswitch/client.conf': 'b',
      'file /etc/haproxy/errors/400.http': 'f 644 root:root',
      'file /etc/hosts': 'f 644 root:root',
      'package openvpn': 'ii 2.6',
      [`iptables-nft nat: ${RULE}`]: 'there',
      'unit openvpn-client@bigswitch.service': 'active/running',
    },
  },
  copies: [
    { index: 'orders', shard: 0, primary: true, node: 'new-1' },
    { index: 'orders', shard: 0, primary: false, node: 'old-2' },
  ],
};
const AT_TEARDOWN: Look = {
  hosts: {},
  copies: [
    { index: 'orders', shard: 0, primary: false, node: 'new-1' },
    { index: 'orders', shard: 0, primary: true, node: 'new-2' },
  ],
};
const step = (name: string, changes: DryRun['steps'][number]['changes']) => ({
  ...{ host: 'old-1', phase: 'bridge' as const, step: name, summary: name, changed: true, stays: false, changes },
});
const move = { index: 'orders', shard: 0, bytes: 1000, link: 'bridge' as const };

const RUN: Run = {
  dryRun: {
    unknown: [],
    steps: [
      step('bridge-package', [{ kind: 'packages', packages: [{ name: 'openvpn' }] }]),
      step('bridge-config', [{ kind: 'file', path: '/etc/openvpn/bigswitch/client.conf', state: 'new' }]),
      step('rules', [{ kind: 'rules', added: [RULE], removed: [] }]),
      step('bridge', [
        {
          kind: 'service',
          unit: 'openvpn-client@bigswitch.service',
          from: { enabled: 'absent', active: 'unknown' },
          to: { enabled: true, running: true },
        },
      ]),
    ],
    gates: [{ gate: 'big-switch', approvals: 1, what: '' }],
    moves: [
      { ...move, primary: true, from: 'old-1', to: 'new-1', phase: 'replicate' },
      { ...move, primary: false, from: 'old-2', to: 'new-2', phase: 'drain' },
    ],
    bytes: { bridge: 1000, oldNetwork: 0, newNetwork: 0, measurement: 0 },
    time: { total: { low: 30, high: 90 }, phases: [] },
  } as unknown as DryRun,
  report: {
    startedAt: '2026-03-14T09:00:00.000Z',
    endedAt: '2026-03-14T09:02:00.000Z',
    gates: [{ gate: 'big-switch', waitedSeconds: 60 }],
    changes: ['bridge-package', 'bridge-config', 'rules', 'bridge'].map((name) => ({
      ...{ host: 'old-1', phase: 'bridge', step: name, changed: true },
    })),
  } as unknown as Report,
  bridgeBytes: 1180,
  ordinaryBytes: 100,
  before: BEFORE,
  atSwitch: AT_SWITCH,
  atTeardown: AT_TEARDOWN,
};

const wrong = (change: Partial<Run>) =>
  checkForeseen({ ...RUN, ...change })
    .filter(({ ok }) => !ok)
    .map(({ promise, seen }) => `${promise}: ${seen}`);
const withDryRun = (change: object) => wrong({ dryRun: { ...RUN.dryRun, ...change } });
const withHost = (change: Record<string, string>) =>
  wrong({ atSwitch: { ...AT_SWITCH, hosts: { 'old-1': { ...AT_SWITCH.hosts['old-1'], ...change } } } });

describe('a run that went as it was foreseen', () => {
  test('has nothing to tell', () => {
    expect(wrong({})).toEqual([]);
  });
});

describe('a run that went otherwise', () => {
  test('a step, a gate or a thing unknown', () => {
    expect(withDryRun({ steps: RUN.dryRun.steps.slice(0, 3) })).toEqual([
      'every step was foreseen: not foreseen: old-1 bridge bridge',
      'the state of every service was foreseen: no service is foreseen',
    ]);
    expect(withDryRun({ gates: [] })).toEqual(['every gate, in order was foreseen: not foreseen: big-switch']);
    expect(withDryRun({ unknown: [{ what: 'a disk', why: 'df failed' }] })).toHaveLength(1);
  });

  test('a file, a rule or a package that nobody foresaw, a service that does not run', () => {
    expect(withHost({ 'file /etc/cron.d/odd': 'f 644 root:root' })).toEqual([
      'every file was foreseen: not foreseen: old-1 /etc/cron.d/odd',
    ]);
    expect(withHost({ 'content /etc/hosts': 'other' })).toEqual([
      'every file was foreseen: not foreseen: old-1 /etc/hosts',
    ]);
    expect(withHost({ 'iptables-nft nat: -A INPUT -j ACCEPT': 'there' })).toHaveLength(1);
    expect(withHost({ 'package socat': 'ii 1' })).toHaveLength(1);
    expect(withHost({ 'unit openvpn-client@bigswitch.service': 'failed/failed' })).toEqual([
      'the state of every service was foreseen: old-1 openvpn-client@bigswitch.service',
    ]);
  });

  test('a shard in another place, bytes and time', () => {
    const [primary, replica] = AT_SWITCH.copies;
    if (!primary || !replica) throw new Error('the fixture has two copies');
    expect(wrong({ atSwitch: { ...AT_SWITCH, copies: [{ ...primary, node: 'new-2' }, replica] } })).toEqual([
      'the place of every shard at the big switch was foreseen: not foreseen: orders/0 primary on new-2; ' +
        'foreseen, but not so: orders/0 primary on new-1',
    ]);
    expect(wrong({ atTeardown: AT_SWITCH })).toHaveLength(1);
    expect(wrong({ bridgeBytes: 1201 })).toEqual([
      "bytes over the bridge were foreseen within 10 %: 1000 foreseen, 1201 while shards moved, of which about 100 the apps'",
    ]);
    expect(wrong({ bridgeBytes: 899 })).toHaveLength(1);
    expect(wrong({ bridgeBytes: 900 })).toEqual([]);
    expect(wrong({ report: { ...RUN.report, endedAt: '2026-03-14T09:04:00.000Z' } })).toEqual([
      "the time was in its range: 30 to 90 s foreseen, 180 s without the gates' waits",
    ]);
  });
});
