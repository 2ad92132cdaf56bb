import { createActivities } from '../../src/activities';
import { ACTIVITY_NAMES, CATALOGUE, CHANGES, LOOKS } from '../../src/contract/activities';
import { testDeps } from './deps';

describe('the one list of activities', () => {
  it('names all that a worker has, and nothing else', () => {
    expect(Object.keys(createActivities(testDeps({}))).sort()).toEqual([...ACTIVITY_NAMES].sort());
  });

  it('has no activity both among those that change something and among those that look', () => {
    expect(CHANGES).toEqual(expect.arrayContaining(['installRedirect', 'switchApp', 'drain', 'stopNode', 'undoHost']));
    expect(LOOKS).toEqual(expect.arrayContaining(['proveBridge', 'gatherEvidence', 'proveTornDown']));
    expect(LOOKS).not.toContain('proveRolledBack');
    expect(CHANGES.filter((name) => LOOKS.includes(name))).toEqual([]);
    expect(CHANGES.filter((name) => name.startsWith('prove') || name.startsWith('preflight'))).toEqual([]);
  });

  it('knows each kind', () => {
    const kinds = new Set(Object.values(CATALOGUE).map(([kind]) => kind));
    expect([...kinds].sort()).toEqual(
      ['app', 'change', 'knob', 'look', 'move', 'preflight', 'report', 'sample', 'undo'].sort(),
    );
  });
});
