import { countBridgeBytes } from '../../../lab/judge/bridge-bytes';
import { countHealth } from '../../../lab/judge/health';
import { parseLook, type Look } from '../../../lab/judge/watch';

const NODES = new Set(['old-1', 'new-1']);
const says = (status: string, change: object = {}) => ({
  cluster_name: 'shop',
  status,
  timed_out: false,
  active_shards: 38,
  initializing_shards: 0,
  unassigned_shards: 0,
  ...change,
});
const look = (host: string, second: number, change: Partial<Look> = {}): Look => ({
  host,
  from: second * 1000 + 100,
  to: second * 1000 + 110,
  tun: {},
  status: 200,
  body: says('green'),
  viewed: second * 1000 + 120,
  view: null,
  ...change,
});
const refused = { status: 0, body: null };

describe('counting health', () => {
  const green = Array.from({ length: 20 }, (_, second) => [
    look('old-1', second),
    look('new-1', second, refused),
  ]).flat();
  const count = (looks: Look[]) => countHealth(looks, 'shop', NODES, 0, 20_000);

  it('is content with one node that says green each second', () => {
    expect(count(green)).toEqual({
      everBelowGreen: false,
      healthSamples: 20,
      belowGreen: [],
      excusedBelowGreenSeconds: 0,
    });
  });

  it.each(['yellow', 'red'])('finds one second of %s, from any node', (status) => {
    const counts = count([...green, look('new-1', 7, { body: says(status, { initializing_shards: 1 }) })]);
    expect(counts.everBelowGreen).toBe(true);
    expect(counts.belowGreen).toEqual([`1970-01-01T00:00:07.110Z new-1 says ${status}: 1 copies are not started`]);
  });

  it.each([
    [
      'copies that the plan had taken away are built anew',
      'yellow',
      { active_shards: 33, initializing_shards: 5 },
      false,
    ],
    ['some of them are there', 'yellow', { active_shards: 36, initializing_shards: 1, unassigned_shards: 1 }, false],
    ['a copy is missing that was there since', 'yellow', { active_shards: 32, initializing_shards: 6 }, true],
    ['one is missing before any was asked for again', 'yellow', { active_shards: 33, unassigned_shards: 1 }, true],
    ['a primary is missing', 'red', { active_shards: 33, unassigned_shards: 5 }, true],
    ['the node does not say how many', 'yellow', { active_shards: undefined, unassigned_shards: 5 }, true],
  ])('on the way back, %s', (_, status, change, below) => {
    const looks = [...green, look('new-1', 7, { body: says(status, change) })];
    const back = { before: 38, lowered: 5 };
    expect(countHealth(looks, 'shop', NODES, 0, 20_000, [], back).everBelowGreen).toBe(below);
    expect(count(looks).everBelowGreen).toBe(true);
  });

  it.each([
    ['a copy is unassigned', { unassigned_shards: 2 }],
    ['there is no copy at all, as before recovery', { active_shards: 0 }],
    ['the node does not say how many', { unassigned_shards: undefined }],
  ])('believes red when %s', (_, change) => {
    expect(count([...green, look('new-1', 7, { body: says('red', change) })]).everBelowGreen).toBe(true);
  });

  it('takes nothing for less than green when the nodes that are up were not asked for a moment', () => {
    const away = green.filter(({ host, from }) => host !== 'old-1' || from < 8_000 || from > 10_000);
    const stopped = away.map((one) => (one.host === 'new-1' ? { ...one, ...refused } : one));
    expect(count(stopped)).toMatchObject({ everBelowGreen: false });
  });

  it('does not know a cluster whose nodes no longer answer', () => {
    const dead = green.map((one) => (one.from > 10_000 ? { ...one, ...refused } : one));
    const { belowGreen } = count(dead);
    expect(belowGreen[0]).toMatch(/no node that is up was asked for 6 s$/);
  });

  it('takes red with every copy started for no answer: the node had no master at that moment', () => {
    const handsOver = (one: Look) => (one.host === 'old-1' && one.from === 7_100 ? { ...one, body: says('red') } : one);
    expect(count(green.map(handsOver)).belowGreen).toEqual(['1970-01-01T00:00:07.000Z no node answered']);
    const another = green.map((one) => (one.host === 'new-1' ? { ...one, status: 200, body: says('green') } : one));
    expect(count(another.map(handsOver))).toMatchObject({ everBelowGreen: false, healthSamples: 39 });
  });

  it.each([
    ['a refused connection', refused],
    ['a 503', { status: 503, body: null }],
    ['another cluster', { body: says('green', { cluster_name: 'elasticsearch' }) }],
    ['a time-out', { body: says('green', { timed_out: true }) }],
    ['something else', { body: 'ok' }],
  ])('takes %s from every node for below green', (_, change) => {
    const counts = count(green.map((one) => (one.from === 9_100 ? { ...one, ...change } : one)));
    expect(counts.belowGreen).toEqual(['1970-01-01T00:00:09.000Z no node answered']);
  });

  it('lets a slow answer speak for the seconds that it took', () => {
    const slow = green.filter(({ host, from }) => host === 'new-1' || from < 5_000 || from > 12_000);
    expect(count([...slow, look('old-1', 5, { to: 11_900 })]).everBelowGreen).toBe(false);
    expect(count(slow).everBelowGreen).toBe(true);
  });

  it('knows nothing when nobody looked for long, or at all', () => {
    expect(count(green.filter(({ from }) => from < 5_000 || from > 9_000)).everBelowGreen).toBe(false);
    expect(count(green.filter(({ from }) => from < 5_000 || from > 12_000)).everBelowGreen).toBe(true);
    expect(count([]).everBelowGreen).toBe(true);
  });

  it('does not count what was before the start mark', () => {
    const early = look('old-1', 3, { body: says('yellow') });
    expect(countHealth([...green, early], 'shop', NODES, 10_000, 20_000).everBelowGreen).toBe(false);
  });

  describe('with a fault of the lab itself', () => {
    const fault = { from: 5_000, to: 8_000, reason: 'a node was killed', belowGreen: true };
    const yellow = (second: number) => look('old-1', second, { body: says('yellow') });
    const excused = (looks: Look[], excuse = fault) => countHealth(looks, 'shop', NODES, 0, 20_000, [excuse]);

    it('counts what is below green in its span apart, and nothing outside', () => {
      expect(excused([...green, yellow(6), yellow(7)])).toMatchObject({
        everBelowGreen: false,
        excusedBelowGreenSeconds: 2,
      });
      const counts = excused([...green, yellow(6), yellow(9)]);
      expect(counts).toMatchObject({ everBelowGreen: true, excusedBelowGreenSeconds: 1 });
      expect(counts.belowGreen).toEqual(['1970-01-01T00:00:09.110Z old-1 says yellow: 0 copies are not started']);
    });

    it('excuses nothing when the fault takes no node out', () => {
      expect(excused([...green, yellow(6)], { ...fault, belowGreen: false }).everBelowGreen).toBe(true);
    });

    it('still knows nothing without a sample', () => {
      expect(excused([], { ...fault, from: 0, to: 20_000 }).everBelowGreen).toBe(true);
    });
  });

  it('leaves a torn line out', () => {
    expect(parseLook('old-1', '{"from":1,"to":2,"tun":{},"sta')).toBeUndefined();
    expect(parseLook('old-1', '{"from":1,"to":2,"tun":{},"status":0,"body":null}')).toMatchObject({ host: 'old-1' });
  });
});

describe('counting bytes over the bridge', () => {
  const at = (host: string, received: number, device = 'tun0') =>
    look(host, 0, { tun: { [device]: [received, 99_999] } });

  it('adds up what arrives, over restarts and new devices', () => {
    const looks = [
      at('new-1', 100),
      at('new-1', 400),
      at('new-1', 50),
      at('new-1', 80),
      at('new-1', 7, 'tun1'),
      at('old-1', 20),
    ];
    expect(countBridgeBytes(looks, 'hub')).toEqual({
      bridgeBytes: 400 + 80 + 7 + 20,
      bridgeReceivedByNodes: 507,
      bridgeReceivedByHub: 0,
      bridgeBytesWhileMoving: 0,
      excusedBridgeBytes: 0,
      ordinaryBridgeBytes: 0,
    });
  });

  it('tells what crossed while shards moved from what the apps sent', () => {
    const at = (second: number, received: number, relocating: number) =>
      look('new-1', second, { tun: { tun0: [received, 0] }, body: says('green', { relocating_shards: relocating }) });
    const looks = [at(1, 100, 0), at(4, 300, 0), at(5, 1_000, 2), at(6, 1_500, 0), at(9, 1_600, 0)];
    expect(countBridgeBytes(looks, 'hub').bridgeBytesWhileMoving).toBe(200 + 700 + 500);
    const starting = look('new-1', 1, { tun: { tun0: [70, 0] }, body: says('green', { initializing_shards: 1 }) });
    expect(countBridgeBytes([starting], 'hub').bridgeBytesWhileMoving).toBe(70);
  });

  it('believes the hub where it saw more', () => {
    expect(countBridgeBytes([at('hub', 900), at('new-1', 800)], 'hub').bridgeBytes).toBe(900);
  });

  it('sees nothing without a bridge', () => {
    expect(countBridgeBytes([look('old-1', 0)], 'hub').bridgeBytes).toBe(0);
  });
});
