import { parsePlan } from '../../../src/plan/parse';
import type { Data } from '../../../src/workflows/state/data';
import { appsOnBothSides } from '../../../src/workflows/state/sides';
import { planInput } from '../support/plan';

const ALL = ['app-1', 'app-2', 'app-3'];

test.each<[string, string[], string[] | undefined, string[]]>([
  ['none was switched', [], [], []],
  ['all were, and are well', ALL, ALL, []],
  ['the canary is there', ['app-1'], ['app-1'], ['app-1']],
  ['one may be there', [], ['app-1'], ['app-1']],
  ['the last one may not be there', ['app-1', 'app-2'], ALL, ALL],
  ['an older release noted only those that are well', ['app-1'], undefined, ['app-1']],
])('%s', (_what, switchedApps, pointedApps, apart) => {
  expect(appsOnBothSides(parsePlan(planInput()), { switchedApps, pointedApps } as Data)).toEqual(apart);
});
