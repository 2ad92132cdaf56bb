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
