import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { FORESEEN } from '../../lab/demo/foresee';
import type { Look } from '../../lab/judge';
import { dryRunSchema } from '../../src/contract/dry-run';
import { reportSchema } from '../../src/contract/report';
import { checkForeseen } from './foreseen';
import { checkEvidence, checkReport, type Assertion } from './promises';

const root = join(__dirname, '..', '..');

/** The JSON in a file, or undefined: what can't be read proves nothing. */
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Of what the judge counted: the bytes that a dry run is held against. */
const bridgeSchema = z.object({ bridgeBytesWhileMoving: z.number(), ordinaryBridgeBytes: z.number() });

/** What was foreseen against what was done; a file that can't be read is a broken promise of its own. */
function foreseen(folder: string): Assertion[] {
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown;
  try {
    const evidence = bridgeSchema.parse(read('evidence.json'));
    return checkForeseen({
      dryRun: dryRunSchema.parse(read(FORESEEN.dryRun)),
      report: reportSchema.parse(read('report.json')),
      bridgeBytes: evidence.bridgeBytesWhileMoving,
      ordinaryBytes: evidence.ordinaryBridgeBytes,
      before: read(FORESEEN.before) as Look,
      atSwitch: read(FORESEEN.atSwitch) as Look,
      atTeardown: read(FORESEEN.atTeardown) as Look,
    });
  } catch (error) {
    return [{ promise: 'the dry run can be compared with the run', ok: false, seen: (error as Error).message }];
  }
}

/** Asserts every promise on what the demo left; exits 1 when one is broken. */
function main(): void {
  const options = new Command('evidence')
    .option('--folder <folder>', 'what the demo left', join(root, 'out', 'demo'))
    .option('--json <file>', 'write the result there')
    .parse()
    .opts<{ folder: string; json?: string }>();
  const assertions: Assertion[] = [
    ...checkEvidence(readJson(join(options.folder, 'evidence.json'))),
    ...checkReport(readJson(join(options.folder, 'report.json')), sizeOf(join(options.folder, 'report.html'))),
    ...foreseen(options.folder),
  ];
  for (const { ok, promise, seen } of assertions)
    process.stdout.write(`${ok ? 'kept  ' : 'BROKEN'} ${promise}: ${seen}\n`);
  if (options.json !== undefined) {
    mkdirSync(dirname(options.json), { recursive: true });
    writeFileSync(options.json, JSON.stringify(assertions));
  }
  process.exitCode = assertions.every(({ ok }) => ok) ? 0 : 1;
}

main();
