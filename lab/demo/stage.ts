import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import execa from 'execa';
import { readPlanFile } from '../../src/plan/load';
import type { PlanInput } from '../../src/plan/schema';
import { labDown, labUp, readLab } from '../lab';
import { FILES, ROOT } from '../paths';
import { ensureTools, type Tools } from '../setup/tools';
import type { LabState } from '../types';
import type { Cleanup } from './cleanup';
import type { Narrator } from './narrator';
import type { Started } from '../../src/embedded/processes';
import { startTemporal, startWorker, type TemporalServer } from './temporal';

/** Everything that is up when the curtain rises. */
export interface Stage {
  lab: LabState;
  temporal: TemporalServer;
  /** The worker that was started with it. */
  worker: Started;
  /** The lab's own plan, as a person would have written it. */
  plan: PlanInput;
  /** Folder for what the demo leaves. */
  out: string;
}

/** What the lab of a stage is like. */
export interface StageOptions {
  old: number;
  new: number;
  es: string;
  docs: number;
}

/** Makes sure of the tools and builds what the worker runs. */
export async function prepareTools(
  { es, json }: { es: string; json: boolean },
  narrator: Narrator,
  signal: AbortSignal,
): Promise<Tools> {
  const tools = await narrator.timed('set up: what this machine needs', () => ensureTools({ es, signal, quiet: json }));
  await narrator.timed('build', () => execa('npm', ['run', '--silent', 'build'], { cwd: ROOT }));
  signal.throwIfAborted();
  return tools;
}

/** Brings up what a migration needs, anew: lab with apps at work, Temporal, worker. */
export async function prepareStage(
  tools: Tools,
  options: StageOptions,
  out: string,
  narrator: Narrator,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<Stage> {
  cleanup.add('the lab', () => labDown((line) => narrator.event(line)));
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
  const { temporal, worker } = await narrator.timed('Temporal dev server and worker', async () => {
    const server = await startTemporal(tools.temporalBin, out);
    cleanup.add('Temporal', () => server.stop());
    const started = await startWorker(out, server);
    cleanup.add('the worker', () => started.stop());
    narrator.event(`Temporal UI: ${server.uiUrl}`);
    return { temporal: server, worker: started };
  });
  const plan = readPlanFile(FILES.plan) as PlanInput;
  return { lab: readLab(), temporal, worker, plan: { ...plan, report: { ...plan.report, folder: out } }, out };
}

/** Writes a plan as the JSON that the CLI sends. @returns the file */
export function writePlan(stage: Stage, name: string, plan: unknown): string {
  const file = join(stage.out, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(plan, null, 2)}\n`);
  return file;
}
