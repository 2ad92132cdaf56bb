import { hostIn } from '../../../../src/elasticsearch/looks/url-host';
import { notWell, worldBefore } from './looked';

const EXPORTER = 'xpack.monitoring.exporters';
const watch = (id: string, parts: object) => ({ _id: id, watch: { trigger: { schedule: {} }, ...parts } });
const to = (host: string) => ({ actions: { tell: { webhook: { host, port: 9200, path: '/hunter2' } } } });

it.each([
  ['http://mon-1:9200', 'mon-1'],
  ['https://me:hunter2@mon-1.example/x', 'mon-1.example'],
  ['10.0.0.9:9200', '10.0.0.9'],
  ['{{ctx.payload.host}}', undefined],
])('finds the host in %s', (address, host) => expect(hostIn(address)).toEqual(host === undefined ? [] : [host]));

describe('exporters of monitoring', () => {
  it('are told by name with their hosts alone', async () => {
    const { cluster, ...world } = worldBefore();
    cluster.state.settings.persistent[`${EXPORTER}.mon.host`] = 'https://me:hunter2@10.0.0.9:9200,mon-2:9200';
    cluster.state.settings.persistent[`${EXPORTER}.mon.type`] = 'http';
    cluster.state.settings.persistent[`${EXPORTER}.here.type`] = 'local';
    const found = await notWell({ cluster, ...world });
    expect(found).toMatchObject([
      {
        ...{ name: 'exporters', subject: 'mon', result: 'warn' },
        seen: expect.stringContaining('10.0.0.9 and mon-2: new nodes have to reach it'),
      },
    ]);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it('that speak to an old node are told to be changed, also where they stand in a node’s own file', async () => {
    const world = worldBefore();
    const [old] = world.plan.hosts.old;
    world.cluster.beforehand.told['old-1'] = {
      ...world.cluster.beforehand.told['old-1'],
      [`${EXPORTER}.self.host`]: `http://${old!.address}:9200`,
    };
    const found = (await notWell(world)).filter(({ name }) => name === 'exporters');
    expect(found).toMatchObject([
      {
        seen: expect.stringContaining(`${old!.address} will be gone`),
        remedy: expect.stringContaining(`change ${EXPORTER}.self.host`),
      },
    ]);
  });
});

describe('watches', () => {
  const found = (...watches: object[]) => {
    const world = worldBefore();
    world.cluster.beforehand.watches.push(...watches);
    return notWell(world);
  };

  it('that speak to a fixed host are told by name, and nothing else of what they say', async () => {
    const http = { input: { chain: { inputs: [{ a: { http: { request: { url: 'http://a.example/hunter2' } } } }] } } };
    const inner = { input: { search: { request: { indices: ['a'] } } }, actions: { log: { logging: { text: 'x' } } } };
    const said = await found(watch('asks', http), watch('tells', to('10.0.0.9')), watch('inner', inner));
    expect(said).toMatchObject([
      { name: 'watches', subject: 'asks', result: 'warn', seen: expect.stringContaining('a.example') },
      { name: 'watches', subject: 'tells', result: 'warn', seen: expect.stringContaining('10.0.0.9') },
    ]);
    expect(JSON.stringify(said)).not.toContain('hunter2');
  });

  it('that speak to an old node are told to be changed, and the rest of many is counted', async () => {
    expect(await found(watch('self', to('old-1')))).toMatchObject([
      { subject: 'self', remedy: expect.stringContaining('change the watch') },
    ]);
    const many = await found(...Array.from({ length: 23 }, (_, i) => watch(`w${i}`, to('10.0.0.9'))));
    expect(many).toHaveLength(21);
    expect(many[20]).toMatchObject({ subject: '', seen: expect.stringContaining('3 more watches') });
  });
});
