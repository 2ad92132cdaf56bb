import { plannedNodes } from '../../src/plan/hosts';
import { parsePlan } from '../../src/plan/parse';
import { without, whyNotWithout } from '../../src/plan/without';
import { planInput } from '../workflows/support/plan';

const plan = parsePlan(planInput());
const names = (hosts: { name: string }[]) => hosts.map(({ name }) => name);
const addresses = (of: typeof plan) => plannedNodes(of).map(({ host, vpnAddress }) => [host, vpnAddress]);

test('hosts that are gone are in no list any more, and the others keep their addresses on the bridge', () => {
  const rest = without(plan, ['old-1', 'app-2']);
  expect([names(rest.hosts.old), names(rest.hosts.new), names(rest.hosts.apps)]).toEqual([
    ['old-2'],
    ['new-1', 'new-2'],
    ['app-1', 'app-3'],
  ]);
  expect(addresses(rest)).toEqual(addresses(plan).filter(([host]) => host !== 'old-1'));
  expect(addresses(without(rest, ['new-1']))).toEqual(
    addresses(plan).filter(([host]) => !/old-1|new-1/.test(String(host))),
  );
});

test('what is left is a plan, as a worker reads it from the query', () => {
  const rest = without(plan, ['old-1', 'new-2', 'app-1']);
  expect(parsePlan(JSON.parse(JSON.stringify(rest)))).toEqual(rest);
});

test('one after the other is the same as all at once', () => {
  expect(without(without(plan, ['new-2']), ['old-1'])).toEqual(without(plan, ['old-1', 'new-2']));
});

test('a canary that is gone is one no more; another stays', () => {
  const chosen = parsePlan(planInput({ switch: { canary: 'app-2' } }));
  expect(without(chosen, ['app-2']).switch).not.toHaveProperty('canary');
  expect(without(chosen, ['app-1']).switch.canary).toBe('app-2');
});

test.each([
  ['hub', 'hub is the hub, and keeps what'],
  ['old-9', 'the plan has no host named "old-9"'],
])('%s can not be left out', (host, why) => {
  expect(whyNotWithout(plan, host)).toContain(why);
  expect(() => without(plan, [host])).toThrow(why);
});

test('the last of a side, or of the apps, stays', () => {
  expect(() => without(plan, ['old-1', 'old-2'])).toThrow('old-2 is the last old host of the plan');
  expect(() => without(plan, ['new-2', 'new-1'])).toThrow('new-1 is the last new host of the plan');
  expect(() => without(plan, ['app-1', 'app-2', 'app-3'])).toThrow('app-3 is the last app host of the plan');
  expect(whyNotWithout(plan, 'old-2')).toBeUndefined();
});

test.each([
  [{ 'app-1': '198.19.0.10' }, 'bridge.addresses.app-1: there is no old or new host of that name'],
  [{ 'old-1': '10.0.0.1' }, 'bridge.addresses.old-1: 10.0.0.1 is not in bridge.cidr'],
  [{ 'old-1': '198.19.0.12' }, 'is also that of bridge.addresses.old-1'],
  [{ 'old-1': '198.19.0.1' }, 'is also that of hosts.hub'],
  [{ 'old-1': '198.19.0.20' }, 'must all be below those of the new ones'],
])('addresses on the bridge %j are refused', (addresses, why) => {
  expect(() => parsePlan(planInput({ bridge: { addresses } }))).toThrow(why);
});
