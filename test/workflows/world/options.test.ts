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
