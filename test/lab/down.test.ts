import { removeNetworks, type NetworkRemoval } from '../../lab/down';

/** An engine with two networks, of which the second is refused until the engine is restarted. */
function engine(refusal: string, own = true) {
  let networks = ['one', 'two'];
  let stale = true;
  const asked: string[][] = [];
  const removal: NetworkRemoval = {
    list: async () => [...networks],
    remove: async (names) => {
      asked.push(names);
      const refused = stale ? ['two'] : [];
      networks = networks.filter((name) => !names.includes(name) || refused.includes(name));
      if (networks.length > 0) throw new Error(refusal);
    },
    restart: async () => {
      if (own) stale = false;
      return own;
    },
  };
  return { removal, asked, left: () => networks };
}
const LOST_COUNT = 'error while removing network: network two id d9 has active endpoints';

describe('removing networks', () => {
  it('restarts an engine that has lost count of endpoints, and removes what is left', async () => {
    const { removal, asked, left } = engine(LOST_COUNT);
    await removeNetworks(removal);
    expect(asked).toEqual([['one', 'two'], ['two']]);
    expect(left()).toEqual([]);
  });

  it.each([
    ['for another reason', engine('permission denied')],
    ['when the engine is not ours', engine(LOST_COUNT, false)],
  ])('fails %s', async (_, { removal, left }) => {
    await expect(removeNetworks(removal)).rejects.toThrow();
    expect(left()).toEqual(['two']);
  });

  it('asks for nothing when there is none', async () => {
    const remove = jest.fn();
    await removeNetworks({ list: async () => [], remove, restart: async () => true });
    expect(remove).not.toHaveBeenCalled();
  });
});
