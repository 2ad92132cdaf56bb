import type { LedgerEntry } from '../../../src/contract/ledger';
import { State } from '../../../src/workflows/state/state';
import { parsePlan } from '../../../src/plan/parse';
import { planInput } from '../support/plan';

const entry = (step: string, changed = true): LedgerEntry => {
  return { host: 'app-1', phase: 'switch', step, summary: step, changed, at: '2026-01-01T00:00:00Z' };
};

function undoneAfter(...entries: LedgerEntry[]) {
  const state = new State(parsePlan(planInput()), () => undefined);
  state.record([entry('app-switch'), entry('other')]);
  state.recordUndone({ host: 'app-1', undone: ['other', 'app-switch'] });
  state.record(entries);
  return state.data.undone;
}

test('what is made again after its undo is not undone any more', () => {
  expect(undoneAfter(entry('app-switch'))).toEqual([{ host: 'app-1', undone: ['other'] }]);
  expect(undoneAfter(entry('app-switch'), entry('other'))).toEqual([]);
});

test('what was found as wanted, or is made on another host, says nothing of it', () => {
  const all = [{ host: 'app-1', undone: ['other', 'app-switch'] }];
  expect(undoneAfter(entry('app-switch', false))).toEqual(all);
  expect(undoneAfter({ ...entry('app-switch'), host: 'app-2' })).toEqual(all);
});
