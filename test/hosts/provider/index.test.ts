import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDERS, providerOf } from '../../../src/hosts/provider';
import { allHosts } from '../../../src/plan/hosts';
import { parsePlan } from '../../../src/plan/parse';
import { SHOP } from '../../shop-plan';

const folder = join(__dirname, '../../../src/hosts/provider');

describe('providers', () => {
  it('have one file each, and a line in the registry', () => {
    const files = readdirSync(folder).filter((name) => !['index.ts', 'provider.ts'].includes(name));
    expect(files.sort()).toEqual(PROVIDERS.map(({ name }) => `${name}.ts`).sort());
  });

  it('say where each machine is: given ones are where the plan says', async () => {
    const plan = parsePlan(SHOP);
    for (const host of allHosts(plan)) {
      expect(await providerOf(plan).machine(host)).toEqual({ address: host.ssh.address, port: host.ssh.port });
    }
  });
});
