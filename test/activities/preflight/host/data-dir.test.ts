import { HostFacts } from '../../../../src/activities/preflight/host/facts';
import { base64, look, plan } from './fixture';

describe('a data folder that is not empty', () => {
  const remedy = (shards: string[]) =>
    look('new-1', { data: ['3 /data'], shards }).find((check) => check.name === 'data-dir')?.remedy;
  test('of an earlier try, without a shard, is told apart from data', () => {
    expect(remedy([])).toContain("find '/data' -mindepth 1 -delete");
    expect(remedy(['/data'])).toMatch(/^move what is in it away, if nobody needs it/);
  });
});

describe('data-dir without path.data in the plan', () => {
  const open = plan((one) => (one.elasticsearch.newNodeSettings = {}));
  const result = (text: string, data: string) =>
    look('new-1', { config: [base64(text)], data: [data] }, open).find((check) => check.name === 'data-dir')?.result;
  it('is the one that was looked at', () => {
    expect(result('path.data: /big\n', '0 /big')).toBe('ok');
    expect(result('cluster.name: x\n', '0 /var/lib/elasticsearch')).toBe('ok');
  });
  it('is unknown when the file spells it otherwise', () => {
    expect(result('path:\n  data: /big\n', '0 /var/lib/elasticsearch')).toBe('failed');
    expect(result('path.data: [/a, /b]\n', '0 [/a, /b]')).toBe('failed');
  });
});

test('many lines of a host are read at once', () => {
  const begun = Date.now();
  const facts = new HostFacts(Array.from({ length: 30_000 }, (_, port) => `tcp=0.0.0.0:${port}`).join('\n'));
  expect(facts.all('tcp')).toHaveLength(30_000);
  expect(Date.now() - begun).toBeLessThan(2_000);
});
