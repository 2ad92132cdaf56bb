import { switchStep } from '../../../src/activities/switch/steps';
import { LOCK_SECONDS } from '../../../src/hosts/ledger/place';
import { UNDO_SECONDS } from '../../../src/hosts/ssh/hosts';
import { parsePlan } from '../../../src/plan/parse';
import { activityOptions } from '../../../src/workflows/world/options';
import { SHOP } from '../../shop-plan';

test.each([1, 60, 3600])('an attempt to undo outlasts what the host gives an app of %d s', (checkSeconds) => {
  const apps = SHOP.hosts.apps.map((app) => ({ ...app, checkSeconds }));
  const plan = parsePlan({ ...SHOP, hosts: { ...SHOP.hosts, apps } });
  const onHost = Math.max(...plan.hosts.apps.map((app) => switchStep(app, '', 9243).undoSeconds ?? 0));
  const { startToCloseTimeout, scheduleToCloseTimeout } = activityOptions('undo', plan);
  expect(Number(startToCloseTimeout) / 1000).toBeGreaterThan(LOCK_SECONDS + UNDO_SECONDS + onHost);
  expect(Number(scheduleToCloseTimeout)).toBeGreaterThan(Number(startToCloseTimeout));
});

test('an attempt has more time on a cluster whose requests may take longer, and as much as before on others', () => {
  const limits = (requestSeconds: number | undefined) => {
    const plan = parsePlan(SHOP);
    Object.assign(plan.elasticsearch, { requestSeconds });
    return (['preflight', 'look', 'change', 'undo', 'move', 'knob'] as const).map((kind) => {
      const { startToCloseTimeout, scheduleToCloseTimeout } = activityOptions(kind, plan);
      return [Number(startToCloseTimeout), Number(scheduleToCloseTimeout)];
    });
  };
  const usual = limits(30);
  expect(limits(10)).toEqual(usual);
  // As a drain's plan is that an older release has started.
  expect(limits(undefined)).toEqual(usual);
  expect(limits(130)).toEqual(usual.map((both) => both.map((limit) => limit + 1_200_000)));
});
