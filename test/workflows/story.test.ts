import type { ReportInput } from '../../src/contract/activities';
import { PHASES } from '../../src/contract/phases';
import { FakeWorld, moved, noSamplesYet } from './support/fake-world';
import { approveAll, openGate, devServer, until, withMigration, startLab } from './support/lab';
import { planInput } from './support/plan';

// Tests run side by side, and such tests don't wait for beforeAll.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

/** The same activity on several hosts runs side by side: one line, hosts sorted. */
function condensed(lines: string[]): string[] {
  const groups: { name: string; hosts: string[]; rest: string }[] = [];
  for (const line of lines) {
    // Files of old and new nodes are written side by side.
    const [name = '', host = '', ...rest] = line.replace(/^(alignOldNode|configureNewNode)/, 'configure').split(' ');
    const last = groups.at(-1);
    if (last?.name === name && last.rest === rest.join(' ')) last.hosts.push(host);
    else groups.push({ name, hosts: [host], rest: rest.join(' ') });
  }
  return groups.map(({ name, hosts, rest }) => [name, hosts.sort().join('+'), rest].filter(Boolean).join(' '));
}

test.concurrent('the whole story, in its order', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    await approveAll(handle);
    await expect(handle.result()).resolves.toMatchObject({
      outcome: 'migrated',
      report: { html: 'out/report.html' },
    });
    const status = await until(handle, (seen) => seen.outcome === 'migrated');
    expect(status.phases.map((record) => record.phase)).toEqual([...PHASES]);
    expect(status.phases.every((record) => record.endedAt !== undefined && record.summary)).toBe(true);
    expect(status.drained).toEqual(['old-1', 'old-2']);
    expect(status.switchedApps).toEqual(['app-1', 'app-2', 'app-3']);
    expect(condensed(world.said(/^(?!writeReport)/))).toEqual([
      'preflightHost app-1+app-2+app-3+hub+new-1+new-2+old-1+old-2',
      'preflightCluster',
      'claimHost app-1+app-2+app-3+hub+new-1+new-2+old-1+old-2',
      'installBridgeHub',
      'installBridgeClient new-1+new-2+old-1+old-2',
      'proveBridge',
      'installRedirect new-1+new-2+old-1+old-2',
      'proveRedirects',
      'prepareClusterForJoin',
      'configure new-1+new-2+old-1+old-2',
      'startNewNode new-1+new-2',
      'proveJoin',
      'prepareIndices',
      'replicate',
      'proveReplicated',
      'installFront new-1+new-2',
      'proveFronts',
      'replicate',
      'gatherEvidence big-switch',
      'replicate',
      'gatherEvidence big-switch',
      'switchApp app-1',
      'watchApps',
      'switchApp app-2',
      'watchApps',
      'switchApp app-3',
      'watchApps',
      'moveQuorum new',
      'proveSwitched',
      'drainOrder',
      'replicate',
      'gatherEvidence drain:old-1',
      'replicate',
      'gatherEvidence drain:old-1',
      'drainOrder',
      'excludeNode old-1',
      'drain old-1',
      'stopNode old-1',
      'setExpectedNodes new-1+new-2+old-2',
      'removeRedirectsFor new-1+new-2',
      'undoHost old-1 redirect',
      'proveDrained old-1',
      'drainOrder',
      'replicate',
      'gatherEvidence drain:old-2',
      'replicate',
      'gatherEvidence drain:old-2',
      'drainOrder',
      'excludeNode old-2',
      'drain old-2',
      'stopNode old-2',
      'setExpectedNodes new-1+new-2',
      'removeRedirectsFor new-1+new-2',
      'undoHost old-2 redirect',
      'proveDrained old-2',
      'drainOrder',
      'gatherEvidence teardown+teardown',
      'markTeardown',
      'pointSeedsAtNew new-1+new-2',
      'restoreCluster',
      'undoHost new-1+new-2+old-1+old-2 redirect',
      'undoHost new-1+new-2+old-1+old-2 bridge',
      'undoHost hub redirect bridge',
      'undoHost old-1+old-2 join',
      'forgetHost app-1+app-2+app-3+new-1+new-2+old-1+old-2',
      'proveTornDown',
      'forgetHost hub',
    ]);
  });
});

test.concurrent('expected nodes go down by one with each old node', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    await approveAll(handle);
    await handle.result();
    const expected = world.calls.filter((call) => call.name === 'setExpectedNodes').map((call) => call.input);
    expect(expected.map((one) => (one as { expected: number }).expected)).toEqual([3, 3, 3, 2, 2]);
  });
});

test.concurrent('the canary that the plan names goes first and alone, then the others in batches', async () => {
  const input = planInput({ switch: { canary: 'app-2', batch: 5, watchSeconds: 7 } });
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    await approveAll(handle, ['big-switch']);
    await openGate(handle, 'drain:old-1');
    expect(condensed(world.said(/^(switchApp|watchApps)/))).toEqual([
      'switchApp app-2',
      'watchApps',
      'switchApp app-1+app-3',
      'watchApps',
    ]);
    const watched = world.calls.filter((call) => call.name === 'watchApps').map((call) => call.input);
    expect(watched).toEqual([
      { hosts: ['app-2'], seconds: 7 },
      { hosts: ['app-2', 'app-1', 'app-3'], seconds: 7 },
    ]);
  });
});

test.concurrent('moving goes on until it is proven done, each call knowing how far the last one came', async () => {
  const input = planInput();
  const left = [60, 30, 0];
  const world = new FakeWorld(input, { replicate: async () => moved(left.shift() ?? 0) });
  await withMigration(await lab, { world, input }, async (handle) => {
    await openGate(handle, 'big-switch');
    const calls = world.calls.filter((call) => call.name === 'replicate').map((call) => call.input);
    expect(calls).toEqual([{}, { since: moved(60) }, { since: moved(30) }, { tend: 'both' }]);
  });
});

test.concurrent('samples of the watch and everything else reach the report', async () => {
  const input = planInput();
  let t = 1000;
  let asked = 0;
  const world = new FakeWorld(input);
  const sample = () => ({
    t: ++t,
    health: 'green' as const,
    oldShards: 1,
    newShards: 2,
    oldBytes: 3,
    newBytes: 4,
    initializing: 0,
    relocating: 0,
    unassigned: 0,
    bridgeBytes: t,
  });
  world.answers.observe = async () => (++asked > 3 ? noSamplesYet() : [sample(), sample()]);
  await withMigration(await lab, { world, input }, async (handle) => {
    await approveAll(handle);
    await handle.result();
    const report = world.calls.find((call) => call.name === 'writeReport')?.input as ReportInput;
    expect(report.samples.map((one) => one.t)).toEqual([1001, 1002, 1003, 1004, 1005, 1006]);
    expect(report).toMatchObject({ outcome: 'migrated', bridgeBytes: 1006, cluster: { clusterName: 'shop' } });
    expect(report.gates.map((gate) => [gate.gate, gate.approvedBy])).toEqual([
      ['big-switch', ['ann']],
      ['drain:old-1', ['ann']],
      ['drain:old-2', ['ann']],
      ['teardown', ['ann']],
    ]);
    expect(report.ledger.map((entry) => `${entry.host} ${entry.step}`)).toContain('old-2 elasticsearch-stopped');
    expect(report.undone.length).toBeGreaterThan(0);
    expect(report.checks.length).toBe(8);
  });
});
