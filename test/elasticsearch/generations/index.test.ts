import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { generationOf, GENERATIONS, majorOf } from '../../../src/elasticsearch/generations';

const folder = join(__dirname, '../../../src/elasticsearch/generations');
const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe('generations of Elasticsearch', () => {
  it('has one folder each, with the same files, and a line in the registry', () => {
    expect(folders.map((entry) => entry.name).sort()).toEqual(GENERATIONS.map(({ name }) => name).sort());
    for (const { name } of folders) {
      expect(readdirSync(join(folder, name)).sort()).toEqual(['discovery.ts', 'index.ts', 'quorum.ts']);
    }
  });

  it('has each major version once', () => {
    const majors = GENERATIONS.flatMap((one) => one.majors);
    expect(new Set(majors).size).toBe(majors.length);
    for (const major of majors) expect(generationOf(major).majors).toContain(major);
  });

  it('refuses a version that nobody has shown to work', () => {
    expect(() => generationOf(6)).toThrow('Elasticsearch 6 is not known here (known: 7, 8, 9)');
  });

  it('takes the oldest node for the version of a cluster, and refuses what tells none', () => {
    expect(majorOf([{ version: '8.17.0' }, { version: '7.17.28' }])).toBe(7);
    expect(() => majorOf([{ version: 'unknown' }])).toThrow('does not tell its version');
    expect(() => majorOf([])).toThrow('does not tell its version');
  });
});
