import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportFolderCheck } from '../../../src/activities/preflight/report-folder';
import { parsePlan } from '../../../src/plan/parse';
import { minimalPlan } from '../../plan/minimal';

describe('the folder of the report', () => {
  let base = '';
  beforeEach(() => (base = mkdtempSync(join(tmpdir(), 'report-folder-'))));
  afterEach(() => rmSync(base, { recursive: true }));

  const look = (name: string) =>
    reportFolderCheck(parsePlan({ ...minimalPlan(), report: { folder: join(base, name) } }));

  it.each(['', 'out', 'not/there/yet'])('may be %j', async (name) => {
    mkdirSync(join(base, 'out'));
    expect(await look(name)).toMatchObject({ name: 'report-folder', result: 'ok' });
  });

  it('is refused before anything is changed where everybody may change what is on the way', async () => {
    mkdirSync(join(base, 'open'));
    chmodSync(join(base, 'open'), 0o777);
    for (const name of ['open', 'open/out']) {
      expect(await look(name)).toMatchObject({
        result: 'failed',
        waivable: false,
        seen: expect.stringContaining(`${join(base, 'open')}`) as string,
        remedy: expect.stringContaining('name another report.folder') as string,
      });
    }
  });

  it('is refused where it leads nowhere, or is no folder', async () => {
    symlinkSync(join(base, 'none'), join(base, 'link'));
    writeFileSync(join(base, 'file'), '');
    for (const name of ['link', 'file/out']) expect(await look(name)).toMatchObject({ result: 'failed' });
  });
});
