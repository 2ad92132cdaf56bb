import { FEWER_REPLICAS, type KeptRecord } from '../../../src/contract/kept-record';
import { keptToo, leftOf, namesOf } from '../../../src/workflows/state/kept';

const at = '2026-01-01T00:00:00Z';
const change = (id: string, more: object = {}) =>
  ({ name: `cluster-0001-${id}`, id, at, phase: 'join', ...more }) as KeptRecord;
const before = (uuid: string): KeptRecord => ({
  name: 'settings-before',
  value: { persistent: {}, transient: {}, clusterUuid: uuid },
});

test('the same record takes the place of its copy, and one from after a loss joins it', () => {
  const later = change('a', { at: '2026-01-02T00:00:00Z' });
  const fuller = change('a', { planned: true });
  expect(keptToo([change('a')], [fuller, later])).toEqual([fuller, later]);
  expect(keptToo(undefined, [])).toBeUndefined();
});

test('how the cluster was before is known from the first', () => {
  expect(keptToo([before('one')], [before('two')])).toEqual([before('one')]);
});

test('what was put back is kept no more, and all else is', () => {
  const kept = [before('one'), change('a'), change('b', { phase: 'drain' }), change('c', { planned: true })];
  const fewer = change(FEWER_REPLICAS, { planned: true });
  expect(leftOf(kept, { phases: ['drain'] })).toEqual([kept[0], kept[1], kept[3]]);
  expect(leftOf(kept, { planned: true })).toEqual([kept[0], kept[1], kept[2]]);
  expect(leftOf([...kept, fewer], { planned: true })).toEqual([kept[0], kept[1], kept[2], fewer]);
  expect(leftOf([...kept, fewer], {})).toEqual([kept[0]]);
});

test('names say which record it is, and nothing else', () => {
  expect(namesOf([before('one'), change('a', { planned: true })])).toEqual([
    { name: 'settings-before' },
    { name: 'cluster-0001-a', id: 'a', at },
  ]);
});
