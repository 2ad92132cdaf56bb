import { resolve } from 'node:path';
import type { Check } from '../../contract/evidence';
import type { Plan } from '../../plan/schema';
import { refuseFolder } from '../../report/write';
import { passed, refused } from './check';

/** Whether this worker could write the report at the end: with everything moved that would be late to hear of it. Writes nothing. */
export async function reportFolderCheck(plan: Plan): Promise<Check> {
  const folder = resolve(plan.report.folder);
  try {
    await refuseFolder(folder);
    return passed('report-folder', `the report can be written into ${folder}`);
  } catch (error) {
    const seen = `the report could not be written: ${(error as Error).message}`;
    return refused(
      'report-folder',
      '',
      seen,
      `correct ${folder} on the worker, or name another report.folder in the plan`,
    );
  }
}
