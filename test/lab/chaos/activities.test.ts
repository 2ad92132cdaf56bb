import { CHANGES, LOOKS } from '../../../lab/chaos/activities';
import { CATALOGUE } from '../../../src/workflows/world/catalogue';
import { WAITS_WHILE_PAUSED } from '../../../src/workflows/world/options';

const kinds = Object.entries(CATALOGUE).map(([name, [kind]]) => ({ name, kind }));

describe('activities at which workers are killed, and that a pause holds', () => {
  it('are all that the product itself holds', () => {
    const held = kinds.filter(({ kind }) => WAITS_WHILE_PAUSED.has(kind)).map(({ name }) => name);
    expect([...CHANGES].sort()).toEqual(held.sort());
  });

  it('look only where the product looks', () => {
    const looks = kinds.filter(({ kind }) => kind === 'look').map(({ name }) => name);
    expect(looks).toEqual(expect.arrayContaining(LOOKS));
  });
});
