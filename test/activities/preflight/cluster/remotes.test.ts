import { notWell, worldBefore } from './looked';

const world = (
  set: (cluster: ReturnType<typeof worldBefore>['cluster']) => void,
  ...options: Parameters<typeof worldBefore>
) => {
  const made = worldBefore(...options);
  set(made.cluster);
  return made;
};
const seeds = (name: string) => `cluster.remote.${name}.seeds`;

it('tells of another cluster by name, with every address that is known of it', async () => {
  const found = await notWell(
    world((cluster) => {
      cluster.state.settings.persistent[seeds('berlin')] = '10.0.0.1:9300,10.0.0.2:9300';
      cluster.state.settings.persistent['cluster.remote.initial_connect_timeout'] = '30s';
      cluster.beforehand.remotes['berlin'] = { connected: true, seeds: ['10.0.0.2:9300'], skip_unavailable: false };
      cluster.beforehand.remotes['paris'] = { connected: false, proxy_address: 'paris.example:9400' };
    }),
  );
  expect(found).toMatchObject([
    {
      ...{ name: 'remote-clusters', subject: 'berlin', result: 'warn' },
      seen: expect.stringMatching(/^it is searched from here, at 10\.0\.0\.1:9300 and 10\.0\.0\.2:9300: /),
      remedy: expect.stringContaining('from new-1 and new-2'),
    },
    { subject: 'paris', seen: expect.stringContaining('at paris.example:9400') },
  ]);
});

it('tells of one that only a node’s own file names', async () => {
  const told = { [seeds('a.b')]: 'old.example:9300', 'cluster.routing.allocation.disk.threshold_enabled': 'false' };
  const found = await notWell(world(({ beforehand }) => void (beforehand.told['old-2'] = told)));
  expect(found.filter(({ name }) => name === 'remote-clusters')).toMatchObject([
    { subject: 'a.b', seen: expect.stringContaining('old.example:9300') },
  ]);
});

it('names the indices that follow it, also where no address of it is known', async () => {
  const follows = (index: string) => ({
    index,
    shards: [{ shard_id: 0, remote_cluster: 'berlin', leader_index: 'x' }],
  });
  const made = world(({ beforehand }) => void beforehand.followers.push(follows('copy-a'), follows('copy-b')));
  expect(await notWell(made)).toMatchObject([
    {
      ...{ name: 'remote-clusters', subject: 'berlin', result: 'warn' },
      seen: expect.stringContaining('followed by copy-a and copy-b, at an address that was not seen'),
    },
  ]);
});
