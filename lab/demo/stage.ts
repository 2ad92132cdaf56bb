import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import execa from 'execa';
import { readPlanFile } from '../../src/plan/load';
import type { PlanInput } from '../../src/plan/schema';
import { labDown, labUp, readLab } from '../lab';
import { FILES, ROOT } from '../paths';
import { ensureTools } from '../setup/tools';
import type { LabState } from '../types';
import type { Cleanup } from './cleanup';
import type { Narrator } from './narrator';
import type { DemoOptions } from './options';
import { startTemporal, startWorker, type TemporalServer } from './temporal';

/** Everything that is up when the curtain rises. */
export interface Stage {
  lab: LabState;
  temporal: TemporalServer;
  /** The lab's own plan, as a person would have written it. */
  plan: PlanInput;
  /** Folder for what the demo leaves. */
  out: string;
}

/** Brings up what a migration needs: tools, lab with apps at work, Temporal, worker. */
export async function prepareStage(
  options: DemoOptions,
  out: string,
  narrator: Narrator,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<Stage> {
  const tools = await narrator.timed('set up: what this machine needs', () =>
    ensureTools({ es: options.es, signal, quiet: options.json }),
  );
  await narrator.timed('build', () => execa('npm', ['run', '--silent', 'build'], { cwd: ROOT }));
  signal.throwIfAborted();
  cleanup.add('the lab', () => labDown());
  await narrator.timed(`lab: ${options.old} old and ${options.new} new nodes, a hub, two app hosts`, () =>
    labUp({
      old: options.old,
      new: options.new,
      es: options.es,
      docs: options.docs,
      fresh: true,
      signal,
      say: (line) => narrator.event(line),
    }),
  );
  signal.throwIfAborted();
  const temporal = await narrator.timed('Temporal dev server and worker', async () => {
    const server = await startTemporal(tools.temporalBin, out);
    cleanup.add('Temporal', () => server.stop());
    const worker = await startWorker(out, ROOT, server);
    cleanup.add('the worker', () => worker.stop());
    narrator.event(`Temporal UI: ${server.uiUrl}`);
    return server;
  });
  const plan = readPlanFile(FILES.plan) as PlanInput;
  return { lab: readLab(), temporal, plan: { ...plan, report: { ...plan.report, folder: out } }, out };
}

/** Writes a plan as the JSON that the CLI sends. @returns the file */
export function writePlan(stage: Stage, name: string, plan: unknown): string {
  const file = join(stage.out, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(plan, null, 2)}\n`);
  return file;
}
