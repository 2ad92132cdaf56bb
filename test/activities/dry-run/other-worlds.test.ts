import { dryRun } from '../../../src/activities/dry-run/dry-run';
import { MIB, NO_PROBLEMS, shop } from './world';

// A loaded machine takes its time; nothing here is about how long.
jest.setTimeout(60_000);

describe('a dry run of another world', () => {
  it('takes the figure of the operator instead of measuring', async () => {
    const world = shop();
    const { link } = await dryRun(world.deps, { ...NO_PROBLEMS, linkMBps: 40 });
    expect(link).toMatchObject({ basis: 'given', lowMBps: 30, highMBps: 50, measured: [] });
    expect(world.hosts.scripts.some(({ script }) => script.includes('systemd-socket-activate'))).toBe(false);
  });

  it('says so when the way to the hub can not be measured', async () => {
    const world = shop();
    world.hosts.reachable = false;
    const { link } = await dryRun(world.deps, NO_PROBLEMS);
    expect(link.basis).toBe('unknown');
    expect(link.why).toContain('--link');
  });

  it('finds done what is done already', async () => {
    const world = shop();
    world.hosts.done = ['command -v '];
    const { steps } = await dryRun(world.deps, NO_PROBLEMS);
    const packages = steps.filter((one) => one.step.endsWith('-package'));
    expect(packages.every((one) => !one.changed && !one.stays && one.changes.length === 0)).toBe(true);
  });

  it('names what it could not foresee, and goes on with the rest', async () => {
    const world = shop();
    world.hosts.files.delete('app-2:/etc/shop/config.yaml');
    const { unknown, steps } = await dryRun(world.deps, NO_PROBLEMS);
    expect(unknown).toEqual([{ what: 'the app on app-2', why: expect.stringContaining('there is no file') as string }]);
    expect(steps.some((one) => one.host === 'app-3')).toBe(true);
  });

  it('does not call a drain foreseen whose shards have no place', async () => {
    const world = shop();
    for (const copy of world.state.table) if (copy.index === 'sessions') copy.bytes = 400 * 1024 * MIB;
    const { unknown, gates } = await dryRun(world.deps, NO_PROBLEMS);
    expect(unknown.map((one) => one.what)).toEqual(['the drain of old-2', 'what comes after it']);
    expect(unknown[0]?.why).toMatch(/nothing would move any more/);
    expect(gates.map((one) => one.gate)).not.toContain('drain:old-2');
  });

  it('tells hosts even when the cluster does not answer', async () => {
    const world = shop();
    world.state.clusterName = 'warehouse';
    const { unknown, steps, moves } = await dryRun(world.deps, NO_PROBLEMS);
    expect(unknown.map((one) => one.what)).toContain('the cluster');
    expect(moves).toEqual([]);
    expect(steps.some((one) => one.step === 'redirect-rules')).toBe(true);
  });

  it('foresees where the shards of an index go that was made a moment ago: the run comes later', async () => {
    const world = shop();
    const { moves } = await dryRun(shop().deps, NO_PROBLEMS);
    for (const { settings } of world.state.indices) settings['index.creation_date'] = String(Date.now());
    expect((await dryRun(world.deps, NO_PROBLEMS)).moves).toEqual(moves);
  });

  it('counts costs with the prices of the plan', async () => {
    const world = shop({ prices: { egressPerGiB: 0.1, oldNodePerMonth: 500, newNodePerMonth: 200, currency: 'EUR' } });
    const { cost } = await dryRun(world.deps, NO_PROBLEMS);
    expect(cost).toMatchObject({ currency: 'EUR', monthly: { old: 1000, new: 400, saving: 600 } });
    expect(cost?.egress?.total).toBeCloseTo(0.81, 2);
  });

  it('gives an index without a replica one for the time of the move, on the old side', async () => {
    const world = shop({ replicate: { noReplica: 'temporary-replica' } });
    const { moves, settings, bytes } = await dryRun(world.deps, NO_PROBLEMS);
    const sessions = moves.filter((one) => one.index === 'sessions');
    expect(sessions.map((one) => `${one.from}>${one.to} ${one.link}`)).toEqual([
      'old-2>old-1 old-network',
      expect.stringMatching(/^old-2>new-\d bridge$/) as string,
    ]);
    expect(settings.filter((one) => one.on === 'sessions').every((one) => !one.stays)).toBe(true);
    expect(bytes.oldNetwork).toBe(100 * MIB);
  });
});
