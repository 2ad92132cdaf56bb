import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TUNNELS } from '../../../src/activities/bridge/tunnels';

const folder = join(__dirname, '../../../src/activities/bridge');

describe('tunnels', () => {
  it('have one folder each, with the same files, and a line in the registry', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).sort()).toEqual(TUNNELS.map(({ name }) => name).sort());
    for (const { name } of folders) {
      expect(readdirSync(join(folder, name)).sort()).toEqual(
        expect.arrayContaining(['index.ts', 'install.ts', 'status.ts']),
      );
    }
  });
});
