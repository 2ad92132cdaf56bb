import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FAMILIES } from '../../../src/hosts/family';

const folder = join(__dirname, '../../../src/hosts/family');

describe('families of hosts', () => {
  it('have one folder each, with the same files, and a line in the registry', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).sort()).toEqual(FAMILIES.map(({ name }) => name).sort());
    for (const { name } of folders) {
      expect(readdirSync(join(folder, name)).sort()).toEqual(['index.ts', 'packages.ts', 'services.ts']);
    }
  });

  it.each(FAMILIES)('$name: what gives no answer is not stopped', ({ services }) => {
    for (const word of ['', 'unknown', 'active', 'activating', 'deactivating', 'Failed to connect to bus']) {
      expect([word, services.saysStopped(word)]).toEqual([word, false]);
    }
  });
});
