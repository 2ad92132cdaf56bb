import { dryRun } from '../../../src/activities/dry-run/dry-run';
import { dryRunSchema, type DryRun } from '../../../src/contract/dry-run';
import { MIB, NO_PROBLEMS, shop, shopState } from './world';

// A loaded machine takes its time; nothing here is about how long.
jest.setTimeout(60_000);

describe('a dry run', () => {
  const world = shop();
  let result: DryRun;

  beforeAll(async () => {
    result = await dryRun(world.deps, NO_PROBLEMS);
  });

  const step = (host: string, id: string) => {
    const found = result.steps.find((one) => one.host === host && one.step === id);
    if (!found) throw new Error(`no step ${id} on ${host}`);
    return found;
  };
  const diffOf = (host: string, id: string, path = '') => {
    const change = step(host, id).changes.find((one) => one.kind === 'file' && one.path.includes(path));
    return change?.kind === 'file' ? change.diff : undefined;
  };

  it('foresees everything, in the shape of its schema', () => {
    expect(result.unknown).toEqual([]);
    expect(dryRunSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  });

  it('leaves the cluster as it was, and runs nothing on a host but what reads', () => {
    expect(world.state).toEqual(shopState());
    const writing =
      /\b(mv|rm|cp|tee|install -d|mkdir|systemctl (start|stop|enable)|iptables-restore|apt-get[^\n]* install -y)\b/;
    const wrong = world.hosts.scripts.filter(({ script }) => writing.test(script) && !script.includes(' -s install'));
    expect(wrong).toEqual([]);
  });

  it('tells each step of a real run, where it happens, and whether it stays', () => {
    const told = (host: string) =>
      result.steps
        .filter((one) => one.host === host)
        .map((one) => `${one.step}${one.changed ? '' : '='}${one.stays ? '!' : ''}`);
    expect(told('hub')).toEqual([
      ...['bridge-filter', 'bridge-package', 'bridge-pki', 'bridge-server-config', 'bridge-server'],
      ...['bridge-sign-old-1', 'bridge-sign-old-2', 'bridge-sign-new-1', 'bridge-sign-new-2'],
      ...[
        'voting-new-out',
        'no-rebalance',
        'throttle',
        'quorum-new',
        'throttle-local',
        'exclude-old-1',
        'exclude-old-2',
      ],
    ]);
    expect(told('old-2')).toEqual([
      ...['bridge-filter', 'bridge-package', 'bridge-key', 'bridge-client-config', 'bridge-client'],
      ...['redirect-rules', 'redirect-persist', 'elasticsearch-yml', 'expected-nodes-3!', 'elasticsearch-stopped!'],
    ]);
    expect(told('new-1')).toEqual([
      ...[
        'bridge-filter',
        'bridge-package',
        'bridge-key',
        'bridge-client-config',
        'bridge-client',
        'redirect-rules',
        'redirect-persist',
      ],
      ...['elasticsearch-yml!', 'data-folders!', 'elasticsearch-started!'],
      ...['front-package!', 'front-certificate!', 'front-config!', 'front-unit!', 'front-service!'],
      ...['expected-nodes-3!', 'redirect-without-old-1!', 'expected-nodes-2!', 'redirect-without-old-2!', 'seeds!'],
    ]);
    expect(told('app-1')).toEqual(['app-switch!']);
  });

  it('shows of a file that may hold secrets the keys that we write, as they are now and as they will be', () => {
    expect(diffOf('old-1', 'elasticsearch-yml')).toBe(`--- /etc/elasticsearch/elasticsearch.yml
+++ /etc/elasticsearch/elasticsearch.yml
-discovery.seed_hosts: ["198.18.1.11", "198.18.1.12"]
+discovery.seed_hosts: ["198.18.1.11", "198.18.1.12", "198.18.2.11", "198.18.2.12"]
-gateway.expected_nodes: 2
+gateway.expected_nodes: 4
-cluster.initial_master_nodes: ["old-1"]`);
  });

  it('builds on what an earlier step would have written', () => {
    expect(diffOf('new-1', 'expected-nodes-2')).toContain(`-gateway.expected_data_nodes: 3
+gateway.expected_data_nodes: 2`);
    expect(diffOf('new-1', 'seeds')).toContain('+discovery.seed_hosts: ["198.18.2.11", "198.18.2.12"]');
    const rules = step('new-1', 'redirect-without-old-1').changes;
    expect(rules).toEqual([
      {
        kind: 'rules',
        added: [],
        removed: [expect.stringContaining('-A BIGSWITCH_OUT -d 198.18.1.11/32 ') as string],
      },
    ]);
  });

  it('names packages with the versions that the host would install, and services as they are', () => {
    expect(step('hub', 'bridge-package').changes).toEqual([
      { kind: 'packages', packages: [{ name: 'openvpn', version: '2.6.7-1' }] },
    ]);
    expect(step('old-1', 'elasticsearch-stopped').changes).toEqual([
      {
        kind: 'service',
        unit: 'elasticsearch.service',
        from: { enabled: 'disabled', active: 'inactive' },
        to: { enabled: false, running: false },
      },
    ]);
    expect(step('new-1', 'bridge-key').changes).toContainEqual({
      kind: 'file',
      path: '/etc/openvpn/bigswitch/client.key',
      state: 'made-there',
      mode: '0600',
    });
  });

  it('holds no secret, neither of the plan nor of a file', () => {
    const text = JSON.stringify(result);
    for (const secret of ['correct-horse-battery', 'hunter2', 's3cr3t-db', '$6$', 'BEGIN']) {
      expect(text).not.toContain(secret);
    }
    expect(diffOf('new-1', 'elasticsearch-yml')).toContain('secure_password: [secret]');
  });

  it('puts each primary where replicate would, and counts what crosses which link', () => {
    const lines = result.moves.map(
      (one) => `${one.phase} ${one.index}/${one.shard}${one.primary ? 'p' : 'r'} ${one.from}>${one.to} ${one.link}`,
    );
    expect(lines).toEqual([
      'replicate orders/0p old-1>new-1 bridge',
      'replicate orders/1p old-2>new-2 bridge',
      'replicate products/0p old-1>new-1 bridge',
      'drain orders/1r old-1>new-1 new-network',
      'drain sessions/0p old-2>new-2 bridge',
      'drain orders/0r old-2>new-2 new-network',
      'drain products/0r old-2>new-2 new-network',
    ]);
    expect(result.bytes.bridge).toBe(8 * 1024 * MIB + 100 * MIB);
    expect(result.bytes.newNetwork).toBe(8 * 1024 * MIB);
    expect(result.bytes.oldNetwork).toBe(0);
  });

  it('puts the settings back in the end, and says so', () => {
    const rate = result.settings.filter((one) => one.key === 'indices.recovery.max_bytes_per_sec');
    expect(rate.map((one) => [one.from, one.to, one.phase, one.stays])).toEqual([
      ['20mb', '6144kb', 'join', false],
      ['6144kb', '20mb', 'drain', false],
      // The only copy of an index leaves the old side at last, and crosses the bridge.
      ['20mb', '6144kb', 'drain', false],
      ['6144kb', '20mb', 'drain', false],
    ]);
  });

  it('names the gates in order, with the approvals that the plan asks for', () => {
    expect(result.gates.map((one) => one.gate)).toEqual(['big-switch', 'drain:old-1', 'drain:old-2', 'teardown']);
  });

  it('says what the time rests on', () => {
    expect(result.link).toMatchObject({ basis: 'measured', lowMBps: 15, highMBps: 90 });
    expect(result.link.why).toMatch(/no bridge yet; plain TCP was measured: old-1 to hub 100 MiB\/s/);
    expect(result.time.total.low).toBeLessThan(result.time.total.high);
  });

  it('shows each new disk at its end', () => {
    expect(result.disks.map((one) => [one.node, one.shards, one.over, one.path])).toEqual([
      ['new-1', 3, 'none', '/data'],
      ['new-2', 4, 'none', '/data'],
    ]);
  });
});

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
