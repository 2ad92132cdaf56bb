import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRefused, showDryRun } from '../../../src/cli/show/dry-run';
import { colours } from '../../../src/text/terminal';
import type { Io } from '../../../src/cli/io';
import type { DryRun, DryRunMove } from '../../../src/contract/dry-run';
import { dryRun } from '../../../src/activities/dry-run/dry-run';
import { warned } from '../../../src/activities/preflight/check';
import { shop } from '../../activities/dry-run/world';
import { dryRunOf } from '../../workflows/support/fake-world';

// A loaded machine takes its time; nothing here is about how long.
jest.setTimeout(60_000);

const io = { colours: colours(false), columns: 100 } as Io;
const GIB = 2 ** 30;

test('a whole dry run, word for word', async () => {
  const { deps } = shop({ prices: { egressPerGiB: 0.09, oldNodePerMonth: 1000, newNodePerMonth: 450 } });
  const checks = [
    warned(
      'voters',
      '',
      'two new nodes vote: when one of them is lost, there is no majority',
      'use three new nodes, if it must not stop',
    ),
  ];
  const found = { checks, counts: { ok: 40, warn: 1, failed: 0 } };
  const foreseen = { ...(await dryRun(deps, found)), takenAt: '2026-11-25T09:00:00.000Z' };
  expect(`${String(showDryRun(io, foreseen))}\n`).toBe(readFileSync(join(__dirname, 'plan.txt'), 'utf8'));
});

const move = (change: Partial<DryRunMove>): DryRunMove => ({
  ...{ index: 'orders', shard: 0, primary: true, from: 'old-1', to: 'new-1', bytes: GIB, link: 'bridge' },
  ...{ phase: 'replicate' },
  ...change,
});

const troubled: DryRun = {
  ...dryRunOf('shop'),
  hosts: [
    { name: 'hub', role: 'hub', address: '198.18.2.5' },
    { name: 'old-1', role: 'old', address: '198.18.1.11' },
    { name: 'new-1', role: 'new', address: '198.18.2.11' },
    { name: 'app-1', role: 'app', address: '198.18.1.201' },
  ],
  gates: [{ gate: 'teardown', approvals: 2, what: 'there is no way back after it' }],
  cluster: {
    ...{ clusterName: 'shop', version: '7.17.28', nodes: 2, indices: 1, shards: 1, documents: 10 },
    ...{ primaryBytes: GIB, totalBytes: 2 * GIB },
  },
  cost: { currency: 'EUR', egress: { perGiB: 0.1, total: 0.1 }, monthly: { old: 900, new: 1000, saving: -100 } },
  link: { basis: 'given', lowMBps: 30, highMBps: 50, why: 'the operator says 40 MiB/s', measured: [] },
  time: { total: { low: 60, high: 60 }, phases: [{ phase: 'preflight', low: 1, high: 1 }] },
  disks: [
    {
      node: 'new-1',
      host: 'new-1',
      totalBytes: 10 * GIB,
      usedBytes: 11 * GIB,
      freeBytes: -GIB,
      shards: 1,
      over: 'flood',
    },
  ],
  risks: [
    { severity: 'refused', check: 'disk', subject: 'new-1', seen: 'does not fit', todo: 'give it a larger disk' },
    { severity: 'waived', check: 'clock', subject: 'old-1', seen: '3 s off' },
    { severity: 'warning', check: 'snapshot', subject: '', seen: 'none in 7 days', todo: 'take one' },
  ],
  checks: { ok: 12, warn: 1, failed: 2 },
  unknown: [{ what: 'app-1', why: 'its file could not be read' }],
};

test('what is wrong comes first, and in short there is no more than that', () => {
  expect(isRefused(troubled)).toBe(true);
  expect(String(showDryRun(io, troubled, 'summary')))
    .toBe(`shop: what a migration would do, as of 2026-01-02 03:04:05 UTC. Nothing was changed.
Preflight would refuse it: 1 check failed.

cluster  shop 7.17.28: 2 nodes, 1 index, 1 shard, 1.00 GiB of primaries
move     from old-1 to new-1, over hub; apps on app-1
changes  0 steps; 0 of them stay when it has ended
gates    teardown
bytes    0 B over the bridge
link     30 to 50 MiB/s: the operator says 40 MiB/s
time     1 min, without the time in which gates wait for people
egress   0.1 EUR once
a month  900 EUR before, 1,000 EUR after: 100 EUR more
checks   12 ok, 1 warning, 2 failed

Risks
✗ refused  disk (new-1)   does not fit
                          To do: give it a larger disk
! waived   clock (old-1)  3 s off
! warning  snapshot       none in 7 days
                          To do: take one

What could not be foreseen
app-1  its file could not be read

Order
preflight      1.0 s
gate teardown  2 approvals  there is no way back after it

Disks of the new nodes at the end
node   path  left             holds
new-1        0 B of 10.0 GiB  1 shard  over the flood watermark`);
});

test('many shards are told by where they go', () => {
  const moves = Array.from({ length: 150 }, (_, shard) => move({ shard, from: shard < 100 ? 'old-1' : 'old-2' }));
  expect(String(showDryRun(io, { ...dryRunOf('shop'), moves }))).toContain(`
Shards
way            shards  size      over        when
old-1 → new-1  100     100 GiB   the bridge  replicate
old-2 → new-1  50      50.0 GiB  the bridge  replicate
Each shard by itself: --json`);
});

test('a dry run that is not refused, but not whole either, says so', () => {
  const { unknown } = troubled;
  expect(isRefused({ ...dryRunOf('shop'), unknown } as DryRun)).toBe(false);
  expect(String(showDryRun(io, { ...dryRunOf('shop'), unknown }))).toContain(
    'Preflight would let it go on, but 1 part could not be foreseen.',
  );
});
