import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAtomically } from '../../src/report/write';

const folder = mkdtempSync(join(tmpdir(), 'bigswitch-write-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

it('writes through no link that somebody laid under the name of its temporary file, nor under its own', async () => {
  writeFileSync(at('shadow'), 'secret');
  for (const name of [`report.html.${process.pid}.tmp`, 'report.html.tmp', 'report.html'])
    symlinkSync(at('shadow'), at(name));
  await writeAtomically(at('report.html'), 'new');
  expect(readFileSync(at('shadow'), 'utf8')).toBe('secret');
  expect(readFileSync(at('report.html'), 'utf8')).toBe('new');
  expect(readdirSync(folder).sort()).toEqual(
    ['report.html', `report.html.${process.pid}.tmp`, 'report.html.tmp', 'shadow'].sort(),
  );
});
